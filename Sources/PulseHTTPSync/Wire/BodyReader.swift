import PulseEngine
import PulseModel

/// Reads the members of a request's body, and notes everything that is wrong with them.
struct BodyReader {
    private(set) var faults: [RequestFault] = []

    /// Enough to mend a request by.
    private static let maximumFaults = 32

    mutating func note(_ fault: RequestFault) {
        if faults.count < Self.maximumFaults { faults.append(fault) }
    }

    /// The object that a body is.
    ///
    /// - Throws: ``SyncError`` when it is none.
    static func object(in body: [UInt8], limits: JSONLimits) throws(SyncError) -> JSONObject {
        guard !body.isEmpty else { throw .invalid([.missing(["body"])]) }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(body, limits: limits)
        } catch {
            let place: RequestFault.Step = .index(error.byteOffset)
            throw .invalid([
                RequestFault(
                    location: ["body", place], message: "JSON decode error: \(error)", type: "json_invalid")
            ])
        }
        var reader = BodyReader()
        guard let object = reader.object(value, at: ["body"]) else { throw .invalid(reader.faults) }
        return object
    }

    mutating func object(_ value: JSONValue, at location: [RequestFault.Step]) -> JSONObject? {
        guard case .object(let object) = value else {
            note(.notObject(location))
            return nil
        }
        if let fault = object.fault {
            note(.wrongValue(location, fault.description))
            return nil
        }
        return object
    }

    mutating func string(_ name: String, in object: JSONObject, at location: [RequestFault.Step]) -> String? {
        switch object[name] {
        case .string(let text): return text
        case nil: note(.missing(location + [.name(name)]))
        default: note(.notString(location + [.name(name)]))
        }
        return nil
    }

    /// A string that may be null or left out.
    mutating func optionalString(_ name: String, in object: JSONObject, at location: [RequestFault.Step]) -> String? {
        switch object[name] {
        case .string(let text): return text
        case nil, .null: return nil
        default:
            note(.notString(location + [.name(name)]))
            return nil
        }
    }

    mutating func documentID(in object: JSONObject, at location: [RequestFault.Step]) -> DocumentID? {
        let location = location + ["doc_id"]
        guard let value = object["doc_id"] else {
            note(.missing(location))
            return nil
        }
        if let id = DocumentID(value) { return id }
        if case .string = value {
            note(
                .wrongValue(
                    location, "doc_id must have 1 to \(DocumentID.maximumByteCount) bytes, no control characters"))
        } else {
            note(.notString(location + ["str"]))
            note(
                RequestFault(
                    location: location + ["int"], message: "Input should be a valid integer of 64 bits",
                    type: "int_type"))
        }
        return nil
    }

    /// Whether it is a delete, and the members of an upsert.
    mutating func operation(
        in object: JSONObject, at location: [RequestFault.Step]
    ) -> DocumentChange.Operation? {
        let name = string("operation", in: object, at: location)
        let members = data(in: object, at: location)
        switch name {
        case "upsert": return members.map { .upsert($0) }
        case "delete": return members.map { _ in .delete }
        case nil: return nil
        default:
            note(.wrongValue(location + ["operation"], "operation must be 'upsert' or 'delete'"))
            return nil
        }
    }

    private mutating func data(in object: JSONObject, at location: [RequestFault.Step]) -> [JSONObject.Member]? {
        switch object["data"] {
        case nil, .null: return []
        case .object(let data):
            if let fault = data.fault {
                note(.wrongValue(location + ["data"], fault.description))
                return nil
            }
            return data.members
        default:
            note(
                RequestFault(
                    location: location + ["data"], message: "Input should be a valid dictionary", type: "dict_type"))
            return nil
        }
    }
}
