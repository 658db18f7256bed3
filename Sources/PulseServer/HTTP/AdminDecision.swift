import HTTPTypes
import Hummingbird
import PulseEngine
import PulseModel

/// What an operator wants to be done, as a request says it.
struct AdminDecision {
    /// Bytes of a request's body.
    private static let maximumBodyBytes = 4_096

    let decision: SyncEngine.Decision
    let user: UserID
    let reason: String

    /// - Throws: ``AdminError`` that names what is wrong with the request.
    init(_ request: Request, isLift: Bool) async throws(AdminError) {
        let body = try await Self.body(of: request)
        guard case .object(let object)? = try? JSONValue.parse(body), object.fault == nil else {
            throw AdminError(.badRequest, "The body must be a JSON object.")
        }
        guard let user = object["user"]?.identifierText.flatMap(UserID.init) else { throw .badUser }
        self.user = user
        switch object["reason"] {
        case .string(let text): reason = text
        case nil, .null: reason = ""
        default: throw AdminError(.badRequest, "\"reason\" must be a string.")
        }
        switch (isLift, object["revoke"]) {
        case (true, nil): decision = .lift
        case (false, nil), (false, .bool(false)): decision = .kick
        case (false, .bool(true)): decision = .revoke
        default: throw AdminError(.badRequest, "\"revoke\" must be true or false, and is a kick's.")
        }
    }

    private static func body(of request: Request) async throws(AdminError) -> [UInt8] {
        do {
            return Array(buffer: try await request.body.collect(upTo: maximumBodyBytes))
        } catch {
            throw AdminError(.contentTooLarge, "The body is longer than \(maximumBodyBytes) bytes.")
        }
    }
}

/// Why a request of an operator is not done.
struct AdminError: Error {
    let status: HTTPResponse.Status
    let message: String

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    static let badUser = AdminError(.badRequest, "\"user\" must be a user id.")
}
