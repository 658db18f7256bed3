import PulseModel

/// Writes JSON values in the flow style of YAML, on one line.
enum YAMLFlow {
    static func text(of value: JSONValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .number(let number): return number.literal
        case .string(let text): return quoted(text)
        case .invalidString, .oversized: return "null"
        case .array(let elements): return "[" + elements.map(text).joined(separator: ", ") + "]"
        case .object(let object):
            let members = object.members.map { member in
                // YAML looks ahead so far only to find out that something is a key.
                let mark = member.key.utf8.count > 128 ? "? " : ""
                return "\(mark)\(quoted(member.key)): \(text(of: member.value))"
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if isSafe(scalar) { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
            }
        }
        return result + "\""
    }

    /// Whether the scalar may stand in a line as it is.
    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xf900...0xfefe, 0xff00...0xfffd, 0x1_0000...0xd_ffff: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value > 0xffff ? 8 : 4
        return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
