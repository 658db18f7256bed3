import PulseModel

/// A `json`. In a `JSONValue?`, JSON's null and nil are one.
extension JSONValue: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .json)
    }

    public init(fieldJSON json: JSONValue) {
        self = json
    }

    public func fieldJSON() -> JSONValue { self }
}

extension JSONValue: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) {
        self = .null
    }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        self = .int(value)
    }
}

extension JSONValue: ExpressibleByFloatLiteral {
    /// - Precondition: the literal is in the range of a `Double`.
    public init(floatLiteral value: Double) {
        guard let number = JSONNumber(literal: value.description) else {
            fatalError("JSON has no number \(value)")
        }
        self = .number(number)
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}

extension JSONValue: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// - Precondition: no key is there twice.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        let object = JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) })
        if let fault = object.fault { fatalError(fault.description) }
        self = .object(object)
    }
}
