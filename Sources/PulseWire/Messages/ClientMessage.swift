import PulseModel

/// What a client can say (protocol section "Messages from the client").
public enum ClientMessage: Sendable {
    case requestDelta(RequestDelta)
    case upload(Upload)
    case batchUpload(BatchUpload)
    case auth(Auth)

    /// Whether it asks for anything to be written.
    public var isUpload: Bool {
        if case .requestDelta = self { false } else { true }
    }

    /// Reads one text message.
    ///
    /// - Throws: ``WireError`` when the message as a whole cannot be understood. What is wrong with single items of
    ///   an upload is found when the items are read.
    public static func decode(_ bytes: UnsafeRawBufferPointer, limits: WireLimits) throws(WireError) -> ClientMessage {
        let (type, object) = try JSONObject.message(in: bytes, limits: limits)
        switch type {
        case "SYNC_REQUEST_DELTA": return .requestDelta(try RequestDelta(object))
        case "SYNC_UPLOAD": return .upload(try Upload(object))
        case "SYNC_BATCH_UPLOAD": return .batchUpload(try BatchUpload(object, limits: limits))
        case "AUTH": return .auth(try Auth(object))
        default: throw WireError(.unknownType, "There is no message type \"\(type.excerpt(maximumByteCount: 64))\".")
        }
    }
}

extension WireLimits {
    fileprivate var json: JSONLimits {
        JSONLimits(maximumDepth: maximumDepth, maximumScalarBytes: maximumScalarBytes, maximumKeys: maximumKeys)
    }
}

extension JSONObject {
    /// Reads a text message, whatever it is, and its type.
    static func message(
        in bytes: UnsafeRawBufferPointer, limits: WireLimits
    ) throws(WireError) -> (type: String, JSONObject) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, limits: limits.json)
        } catch {
            throw WireError(error.code == .tooDeep ? .tooLarge : .badJSON, error.description)
        }
        guard case .object(let object) = value else {
            throw WireError(.badMessage, "A message is a JSON object, this is \(value.kindName).")
        }
        if let fault = object.fault { throw WireError(fault.isTooLarge ? .tooLarge : .badJSON, fault.description) }
        guard case .string(let type)? = object["type"] else {
            throw WireError(.badMessage, "A message has a \"type\", a string.")
        }
        return (type, object)
    }

    /// The table that a message is about, as the client wrote it.
    func table() throws(WireError) -> String {
        guard let value = self["table"] else { throw WireError(.badField, "\"table\" is missing.") }
        guard case .string(let table) = value else {
            throw WireError(.badField, "\"table\" must be a string, is \(value.kindName).")
        }
        // It is echoed in every answer, so its length counts.
        guard table.utf8.count <= 64 else {
            throw WireError(
                .unknownTable, "There is no table of this name.", table: table.excerpt(maximumByteCount: 64))
        }
        return table
    }
}
