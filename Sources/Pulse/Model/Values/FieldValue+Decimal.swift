import PulseModel

/// A `decimal`, exact to its 38 digits.
extension Decimal: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        guard options.maxLength == nil else { throw SchemaError("maxLength belongs to a String") }
        guard let maxDigits = options.maxDigits, let decimalPlaces = options.decimalPlaces else {
            throw SchemaError("a Decimal needs maxDigits and decimalPlaces")
        }
        return .decimal(maxDigits: maxDigits, decimalPlaces: decimalPlaces)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        let text =
            switch json {
            case .string(let text): text
            case .int(let number): String(number)
            case .number(let number): number.literal
            default: throw json.mismatch("a decimal number")
            }
        guard let value = Decimal(string: text), value.isFinite else { throw FieldError("must be a decimal number") }
        self = value
    }

    public func fieldJSON() throws(FieldError) -> JSONValue {
        guard isFinite else { throw FieldError("must be a number, is NaN") }
        return .string(description)
    }
}
