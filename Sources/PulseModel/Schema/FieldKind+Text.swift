extension FieldKind: CustomStringConvertible {
    /// The kind as stores note it down: `string(200)`, `decimal(10,2)`, `reference(task)`.
    public var description: String {
        switch self {
        case .string(let maxLength): "string(\(maxLength))"
        case .text: "text"
        case .bool: "bool"
        case .int: "int"
        case .double: "double"
        case .decimal(let maxDigits, let decimalPlaces): "decimal(\(maxDigits),\(decimalPlaces))"
        case .date: "date"
        case .dateTime: "dateTime"
        case .uuid: "uuid"
        case .json: "json"
        case .reference(let model?): "reference(\(model))"
        case .reference(nil): "reference"
        }
    }

    /// Reads what ``description`` wrote.
    public init?(_ text: String) {
        let parts = text.split { "(,)".contains($0) }.map(String.init)
        switch (parts.first, parts.count) {
        case ("string", 2):
            guard let maxLength = Int(parts[1]) else { return nil }
            self = .string(maxLength: maxLength)
        case ("decimal", 3):
            guard let maxDigits = Int(parts[1]), let decimalPlaces = Int(parts[2]) else { return nil }
            self = .decimal(maxDigits: maxDigits, decimalPlaces: decimalPlaces)
        case ("reference", 2):
            guard let model = ModelName(parts[1]) else { return nil }
            self = .reference(to: model)
        case ("reference", 1): self = .reference(to: nil)
        case ("text", 1): self = .text
        case ("bool", 1): self = .bool
        case ("int", 1): self = .int
        case ("double", 1): self = .double
        case ("date", 1): self = .date
        case ("dateTime", 1): self = .dateTime
        case ("uuid", 1): self = .uuid
        case ("json", 1): self = .json
        default: return nil
        }
    }
}
