/// Who is right about a field that a client and somebody else have both changed since the client last saw the record.
public enum ConflictPolicy: Sendable, Hashable {
    /// Nobody: the upload is a conflict, the stored record stays, and the client is sent it.
    case reject
    /// What is stored stays.
    case serverWins
    /// What the client says is stored.
    case clientWins
    /// The side whose value of this field is greater: a time of editing, say. What is stored stays where both are equal.
    /// Of that field itself the greater value is stored, unless it has a policy of its own.
    case lastWriter(by: String)
    /// The greater of the two values.
    case max
    /// The smaller of the two values.
    case min
    /// The field is counted up and down: what the client added or took away is added to or taken from what is stored.
    case counter
    /// For JSON arrays: what is stored, and behind it what the client has besides. Nothing is ever removed.
    case union
    /// A function of the application.
    case function
}

extension ConflictPolicy: CustomStringConvertible {
    /// As schema files have it.
    public var description: String {
        switch self {
        case .reject: "reject"
        case .serverWins: "serverWins"
        case .clientWins: "clientWins"
        case .lastWriter(let field): "{lastWriter: \(field)}"
        case .max: "max"
        case .min: "min"
        case .counter: "counter"
        case .union: "union"
        case .function: "function"
        }
    }

    /// Those that need nothing else to be said.
    package static let plain: [ConflictPolicy] = [
        .reject, .serverWins, .clientWins, .max, .min, .counter, .union, .function,
    ]

    /// Says why the policy cannot judge fields of a kind; nil where it can.
    func objection(to kind: FieldKind) -> String? {
        switch self {
        case .max, .min:
            kind.isMeasurable ? nil : "the conflict policy \(self) is for numbers, decimals, dates and times"
        case .counter:
            kind.isCountable ? nil : "the conflict policy counter is for int, double and decimal"
        case .union:
            kind == .json ? nil : "the conflict policy union is for json"
        case .reject, .serverWins, .clientWins, .lastWriter, .function:
            nil
        }
    }
}

extension FieldKind {
    /// Whether one value can be later or more than another.
    var isMeasurable: Bool {
        switch self {
        case .int, .double, .decimal, .date, .dateTime: true
        case .string, .text, .bool, .uuid, .json, .reference: false
        }
    }

    /// Whether values can be added.
    var isCountable: Bool {
        switch self {
        case .int, .double, .decimal: true
        default: false
        }
    }
}
