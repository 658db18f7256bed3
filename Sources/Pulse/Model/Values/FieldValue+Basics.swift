import PulseModel

/// A `text`, or a `string` where it has a `maxLength`.
extension String: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        guard let maxLength = options.maxLength else { return try options.none(for: .text) }
        _ = try FieldOptions(maxDigits: options.maxDigits, decimalPlaces: options.decimalPlaces).none(for: .text)
        return .string(maxLength: maxLength)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .string(let text) = json else { throw json.mismatch("a string") }
        self = text
    }

    public func fieldJSON() -> JSONValue { .string(self) }
}

/// A `bool`.
extension Bool: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .bool)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .bool(let flag) = json else { throw json.mismatch("true or false") }
        self = flag
    }

    public func fieldJSON() -> JSONValue { .bool(self) }
}

/// An `int`.
extension Int: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .int)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .int(let number) = json, let value = Int(exactly: number) else {
            throw json.mismatch("a 64-bit integer")
        }
        self = value
    }

    public func fieldJSON() -> JSONValue { .int(Int64(self)) }
}

/// A `double`: finite.
extension Double: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .double)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        switch json {
        case .int(let number): self = Double(number)
        case .number(let number) where number.double.isFinite: self = number.double
        default: throw json.mismatch("a number in the range of a Double")
        }
    }

    public func fieldJSON() throws(FieldError) -> JSONValue {
        // The shortest digits that mean this number, with a point or an exponent: JSON has the same grammar for them.
        guard let number = JSONNumber(literal: description) else { throw FieldError("must be finite, is \(self)") }
        return .number(number)
    }
}

/// The field of an optional property may be null.
extension Optional: FieldValue where Wrapped: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try Wrapped.kind(with: options)
    }

    public static var isNullable: Bool { true }

    public static var choices: [JSONValue] { Wrapped.choices }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        if case .null = json { self = nil } else { self = try Wrapped(fieldJSON: json) }
    }

    public func fieldJSON() throws(FieldError) -> JSONValue {
        if let self { try self.fieldJSON() } else { .null }
    }
}
