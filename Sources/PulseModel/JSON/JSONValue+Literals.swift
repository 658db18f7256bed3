// JSON as it stands in programs. Null is written `.null`: a nil literal would be taken for a value that is not there.

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
        guard let number = JSONNumber(literal: value.description) else { fatalError("JSON has no number \(value)") }
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
