import PulseModel

/// What a scalar without quotes means, by the core schema of YAML 1.2. Numbers keep all their digits.
enum PlainScalar {
    case null
    case bool(Bool)
    case integer(JSONValue)
    case number(JSONValue)
    /// A number that JSON has no form for: `.inf`, `0x1F`.
    case exotic
    case text(String)

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default: self = Self.number(text) ?? .text(text)
        }
    }

    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number, .exotic: "a number"
        case .text: "a string"
        }
    }

    private static func number(_ text: String) -> PlainScalar? {
        var rest = Array(text.utf8)[...]
        if rest.starts(with: "0x".utf8) || rest.starts(with: "0o".utf8) {
            return rest.count > 2 && rest.dropFirst(2).allSatisfy(isHexadecimal) ? .exotic : nil
        }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(where: { rest.elementsEqual($0.utf8) }) {
            return .exotic
        }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8>?
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + digits.count)
            fraction = digits
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        let exponent = rest
        if let marker = exponent.first {
            var digits = exponent.dropFirst()
            if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
            guard marker | 0x20 == UInt8(ascii: "e"), !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        }
        // As JSON writes it: no plus, no leading zeros, digits on both sides of a point.
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        var literal = isNegative ? "-" : ""
        literal += significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self)
        if let fraction { literal += "." + (fraction.isEmpty ? "0" : String(decoding: fraction, as: UTF8.self)) }
        literal += String(decoding: exponent, as: UTF8.self)
        guard let value = try? JSONValue.parse(literal) else { return nil }
        return fraction == nil && exponent.isEmpty ? .integer(value) : .number(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
