import PulseModel

/// What the clients say in a vector of the protocol: one line a message, with the digit of its user in front.
struct Conversation {
    private(set) var bytes: [UInt8] = []

    init(vector: [UInt8]) throws {
        guard case .object(let vector) = try JSONValue.parse(vector), case .array(let steps)? = vector["steps"] else {
            return
        }
        var users: [String: UInt8] = [:]
        for case .object(let step) in steps {
            if case .string(let device)? = step["connect"] {
                users[device] = UInt8(ascii: step["user"] == .string("bob") ? "1" : "0")
            }
            guard case .string(let device)? = step["send"] else { continue }
            var text = JSONWriter()
            if let message = step["json"] {
                try text.value(message)
            } else if case .string(let message)? = step["text"] {
                text.raw(message.utf8.filter { $0 != UInt8(ascii: "\n") })
            }
            bytes += [users[device] ?? UInt8(ascii: "0")] + Self.filled(text.bytes) + [UInt8(ascii: "\n")]
        }
    }

    /// With values in the places that vectors leave open, as in `"{{uuid:a}}"` and `"{{version:a}}"`.
    private static func filled(_ text: [UInt8]) -> [UInt8] {
        var result = String(decoding: text, as: UTF8.self)
        result.replace(#/"?{{(user|version|uuid):(.)[^}]*}}"?/#) { match in
            switch match.1 {
            case "user": match.2 == "a" ? #""alice""# : #""bob""#
            case "version": "1"
            default: "\"00000000-0000-4000-8000-00000000000\(match.2.first?.isHexDigit == true ? match.2 : "0")\""
            }
        }
        return Array(result.utf8)
    }
}
