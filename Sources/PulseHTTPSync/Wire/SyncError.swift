import HTTPTypes
import Hummingbird
import PulseEngine
import PulseModel
import PulseServer

/// Why a request is not answered as it wishes (`Protocol/offline-sync.yaml`, "Errors").
package enum SyncError: Error {
    /// One sentence.
    case refused(HTTPResponse.Status, String, headers: HTTPFields = [:])
    /// The request is not as it must be.
    case invalid([RequestFault])

    static func denied(_ detail: String) -> SyncError { .refused(.forbidden, detail) }

    /// - Parameter seconds: when it may be tried again.
    static func later(_ detail: String, after seconds: Int = 1) -> SyncError {
        .refused(.serviceUnavailable, detail, headers: [.retryAfter: String(seconds)])
    }

    static let unauthenticated = SyncError.refused(
        .unauthorized, "Not authenticated", headers: [.wwwAuthenticate: "Bearer"])
    static let tooLarge = SyncError.refused(.contentTooLarge, "The body is too long.")

    /// Reads the store, which may be away.
    static func reading<Value>(
        _ read: () async throws(StoreError) -> Value
    ) async throws(SyncError) -> Value {
        do throws(StoreError) {
            return try await read()
        } catch {
            throw .later("The store does not answer")
        }
    }

    var response: Response {
        switch self {
        case .refused(let status, let detail, let headers): .json(status, [("detail", .string(detail))], headers)
        case .invalid(let faults): .json(.unprocessableContent, [("detail", .array(faults.map(\.json)))])
        }
    }
}

/// What is wrong with a request, and where, in the form that FastAPI has for it.
package struct RequestFault: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        case name(String)
        case index(Int)
    }

    /// From `body` or `query` on.
    package let location: [Step]
    package let message: String
    package let type: String

    var json: JSONValue {
        let steps = location.map { step -> JSONValue in
            switch step {
            case .name(let name): .string(name)
            case .index(let index): .int(Int64(index))
            }
        }
        return .object(
            JSONObject([
                .init(key: "loc", value: .array(steps)), .init(key: "msg", value: .string(message)),
                .init(key: "type", value: .string(type)),
            ]))
    }
}

extension RequestFault.Step: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) { self = .name(name) }
}

extension RequestFault {
    static func missing(_ location: [Step]) -> RequestFault {
        RequestFault(location: location, message: "Field required", type: "missing")
    }

    static func notString(_ location: [Step]) -> RequestFault {
        RequestFault(location: location, message: "Input should be a valid string", type: "string_type")
    }

    static func notObject(_ location: [Step]) -> RequestFault {
        RequestFault(
            location: location, message: "Input should be a valid dictionary or object to extract fields from",
            type: "model_attributes_type")
    }

    static func wrongValue(_ location: [Step], _ message: String) -> RequestFault {
        RequestFault(location: location, message: "Value error, \(message)", type: "value_error")
    }

    static func wrongStamp(_ location: [Step], _ text: String) -> RequestFault {
        wrongValue(location, "Invalid HLC value: \(text.excerpt(maximumByteCount: 64))")
    }
}
