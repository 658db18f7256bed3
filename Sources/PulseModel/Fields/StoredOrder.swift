/// Values in stored form, compared by what they mean.
extension FieldKind {
    /// Whether one value comes before another of this kind: numbers by size, dates and times by when they are, texts and
    /// the rest by their bytes. Null comes before everything.
    public func isOrdered(_ left: [UInt8], before right: [UInt8]) -> Bool {
        let null = Array("null".utf8)
        if left == right || right == null { return false }
        if left == null { return true }
        switch self {
        case .int:
            return StoredNumber.int(left) < StoredNumber.int(right)
        case .double:
            return StoredNumber.double(left) < StoredNumber.double(right)
        case .decimal:
            return StoredNumber.scaled(left) < StoredNumber.scaled(right)
        case .dateTime:
            // Without the last "Z", a moment with more of a fraction comes behind one with less.
            return left.dropLast(2).lexicographicallyPrecedes(right.dropLast(2))
        case .string, .text, .json, .reference, .bool, .date, .uuid:
            return Self.text(left).utf8.lexicographicallyPrecedes(Self.text(right).utf8)
        }
    }

    /// A string's text; of anything else, what stands there.
    private static func text(_ stored: [UInt8]) -> String {
        if case .string(let text) = try? JSONValue.parse(stored) { return text }
        return String(decoding: stored, as: UTF8.self)
    }

    /// `value + (new - old)`, in stored form; nil where the sum does not fit the kind, or one of them is null.
    package func counted(_ value: [UInt8], from old: [UInt8], to new: [UInt8]) -> [UInt8]? {
        let null = Array("null".utf8)
        guard value != null, old != null, new != null else { return nil }
        switch self {
        case .int:
            guard
                let sum = StoredNumber.sum(
                    Int128(StoredNumber.int(value)), Int128(StoredNumber.int(new)) - Int128(StoredNumber.int(old))),
                let result = Int64(exactly: sum)
            else { return nil }
            return Array(String(result).utf8)
        case .double:
            let sum = StoredNumber.double(value) + (StoredNumber.double(new) - StoredNumber.double(old))
            return sum.isFinite ? Array(sum.description.utf8) : nil
        case .decimal(let maxDigits, let places):
            let numbers = [value, old, new].map(StoredNumber.scaled)
            guard let gone = StoredNumber.sum(numbers[0], -numbers[1]), let sum = StoredNumber.sum(gone, numbers[2])
            else { return nil }
            let digits = String(sum.magnitude)
            guard digits.utf8.count <= maxDigits else { return nil }
            let padded = String(repeating: "0", count: Swift.max(0, places + 1 - digits.utf8.count)) + digits
            let sign = sum < 0 ? "-" : ""
            let text = sign + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
            return try? storedForm(of: .string(text), isNullable: false)
        default:
            return nil
        }
    }
}

/// Numbers out of stored forms, which are known to be right.
private enum StoredNumber {
    static func int(_ stored: [UInt8]) -> Int64 {
        Int64(String(decoding: stored, as: UTF8.self)) ?? 0
    }

    static func double(_ stored: [UInt8]) -> Double {
        Double(String(decoding: stored, as: UTF8.self)) ?? 0
    }

    /// A decimal's digits without the point. All of one field have as many places, and 38 digits fit.
    static func scaled(_ stored: [UInt8]) -> Int128 {
        Int128(String(decoding: stored.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ".") }, as: UTF8.self))
            ?? 0
    }

    static func sum(_ left: Int128, _ right: Int128) -> Int128? {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : sum
    }
}
