extension FieldKind {
    /// A value's one canonical form as JSON text: what is stored, compared and sent.
    ///
    /// Equal values have equal bytes, so a repeated upload is recognised by comparing them.
    ///
    /// - Throws: ``FieldError`` naming the rule that `value` breaks.
    public func storedForm(of value: JSONValue, isNullable: Bool) throws(FieldError) -> [UInt8] {
        var writer = JSONWriter(reserving: 32)
        try write(value, isNullable: isNullable, to: &writer)
        return writer.bytes
    }

    /// Appends the canonical form of `value`.
    func write(_ value: JSONValue, isNullable: Bool, to writer: inout JSONWriter) throws(FieldError) {
        if case .null = value {
            // A JSON field that is not nullable refuses null too: there, null means "no value".
            guard isNullable else { throw FieldError("may not be null") }
            writer.null()
            return
        }
        switch (self, value) {
        case (_, .invalidString):
            throw FieldError("has a lone surrogate, which is no Unicode text and cannot be stored")
        case (_, .oversized):
            throw FieldError("is longer than allowed")
        case (.string(let maxLength), .string(let text)):
            // A scalar has at most four bytes, so most texts need no count.
            if text.utf8.count > maxLength {
                let length = text.unicodeScalars.count
                guard length <= maxLength else {
                    throw FieldError("must have at most \(maxLength) characters, has \(length)")
                }
            }
            writer.string(text)
        case (.text, .string(let text)):
            writer.string(text)
        case (.bool, .bool(let flag)):
            writer.bool(flag)
        case (.bool, .int(let number)) where number == 0 || number == 1:
            writer.bool(number == 1)
        case (.int, .int(let number)):
            writer.int(number)
        case (.int, .number(let number)) where number.isIntegral:
            throw FieldError("must fit a signed 64-bit integer")
        case (.double, _):
            writer.raw(try Self.double(value))
        case (.decimal(let maxDigits, let decimalPlaces), .string(let text)):
            writer.string(try DecimalText(text).padded(maxDigits: maxDigits, decimalPlaces: decimalPlaces))
        case (.decimal(let maxDigits, let decimalPlaces), .number(let number)):
            writer.string(try DecimalText(number.literal).padded(maxDigits: maxDigits, decimalPlaces: decimalPlaces))
        case (.decimal(let maxDigits, let decimalPlaces), .int(let number)):
            writer.string(try DecimalText(String(number)).padded(maxDigits: maxDigits, decimalPlaces: decimalPlaces))
        case (.date, .string(let text)):
            guard let date = CalendarText.date(text) else {
                throw FieldError("must be a date in the form 2026-02-28")
            }
            writer.string(date)
        case (.dateTime, .string(let text)):
            guard let moment = CalendarText.dateTime(text) else {
                throw FieldError("must be a date and time in the form 2026-02-28T12:00:00Z")
            }
            writer.string(moment)
        case (.uuid, .string(let text)):
            guard let id = SyncID(text) else { throw FieldError("must be a UUID") }
            writer.string(id.description)
        case (.json, _):
            do { try writer.value(value) } catch { throw FieldError("holds JSON that cannot be stored: \(error)") }
        case (.reference, .int(let number)):
            writer.int(number)
        case (.reference(let target), .string(let text)):
            if let id = SyncID(text), target != nil {
                writer.string(id.description)
            } else {
                guard target == nil else { throw FieldError("must be the sync id or the id of a record") }
                guard isUsableName(text, upTo: 255) else { throw FieldError("must be a key of 1 to 255 bytes") }
                writer.string(text)
            }
        default:
            throw FieldError("must be \(expectation), is \(value.kindName)")
        }
    }

    private static func double(_ value: JSONValue) throws(FieldError) -> [UInt8] {
        let literal: String
        let isIntegral: Bool
        switch value {
        case .int(let integer): (literal, isIntegral) = (String(integer), true)
        case .number(let number): (literal, isIntegral) = (number.literal, number.isIntegral)
        default: throw FieldError("must be a number, is \(value.kindName)")
        }
        guard let number = Double(literal), number.isFinite, number != 0 || !literal.hasNonzeroDigit else {
            throw FieldError("is a number out of range")
        }
        guard !isIntegral || number.isMeant(by: literal) else {
            throw FieldError("has more digits than a double holds")
        }
        return Array(number.description.utf8)
    }

    /// What a value of this kind is called in a sentence.
    private var expectation: String {
        switch self {
        case .string, .text: "a string"
        case .bool: "true or false"
        case .int: "an integer"
        case .double: "a number"
        case .decimal: "a decimal number as a string"
        case .date: "a date as a string"
        case .dateTime: "a date and time as a string"
        case .uuid: "a UUID as a string"
        case .json: "JSON"
        case .reference: "a key: an integer or a string"
        }
    }
}

extension Double {
    /// Whether an integral literal says this number exactly, or in the shortest digits that mean it and no other,
    /// filled up with zeros: so JavaScript writes doubles below 1e21.
    fileprivate func isMeant(by literal: String) -> Bool {
        if let integer = Int128(literal), Double(exactly: integer) != nil { return true }
        return literal == (try? DecimalText(description).padded(maxDigits: 38, decimalPlaces: 0))
    }
}

extension String {
    /// Whether the number that the text denotes has a digit other than 0, its exponent aside.
    fileprivate var hasNonzeroDigit: Bool {
        utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }.contains { (0x31...0x39).contains($0) }
    }
}

extension JSONNumber {
    /// Whether the literal has neither a fraction nor an exponent.
    fileprivate var isIntegral: Bool {
        literal.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    }
}

extension JSONValue {
    /// What the value is called in a sentence.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .number: "a number"
        case .string: "a string"
        case .invalidString: "a string with a lone surrogate"
        case .oversized: "longer than allowed"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
