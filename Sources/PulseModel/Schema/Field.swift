/// One field of a model.
public struct Field: Sendable, Hashable {
    public let name: String
    public let kind: FieldKind
    public let isNullable: Bool
    /// The value, in stored form, of a field that a new record's first upload does not name; nil where one must.
    public let defaultValue: [UInt8]?
    /// A read-only field keeps what the server gave it: what a client sends for it is dropped.
    public let isReadOnly: Bool
    /// The values, in stored form, that the field may have; empty where it may have any.
    public let choices: [[UInt8]]
    /// Who is right where two have changed the field; nil where the model's rules say.
    public let conflict: ConflictPolicy?

    /// - Parameter default: must fit the kind. Where there is none, a nullable field is null at first, a text empty,
    ///   and any other field is required.
    /// - Throws: ``SchemaError`` when the name or the default does not fit.
    public init(
        _ name: String, _ kind: FieldKind, isNullable: Bool = false, default defaultValue: JSONValue? = nil,
        isReadOnly: Bool = false, choices: [JSONValue] = [], conflict: ConflictPolicy? = nil
    ) throws(SchemaError) {
        guard isIdentifier(name) else {
            throw SchemaError(
                "field '\(name)': a name has ASCII letters, digits and underscores, and at most 63 of them")
        }
        guard !Self.isReserved(name) else {
            throw SchemaError("field '\(name)': the sync itself has a field of this name")
        }
        try kind.check(fieldName: name)
        if let objection = conflict?.objection(to: kind) { throw SchemaError("field '\(name)': \(objection)") }
        if let conflict, conflict == .counter || conflict == .union, !choices.isEmpty {
            throw SchemaError(
                "field '\(name)': the conflict policy \(conflict) makes values that are none of its choices")
        }
        do {
            self.choices = try choices.map { value throws(FieldError) in
                try kind.storedForm(of: value, isNullable: false)
            }
        } catch {
            throw SchemaError("field '\(name)': one of its choices \(error.message)")
        }
        self.conflict = conflict
        self.name = name
        self.kind = kind
        self.isNullable = isNullable
        self.isReadOnly = isReadOnly
        if let defaultValue {
            do {
                self.defaultValue = try kind.storedForm(of: defaultValue, isNullable: isNullable)
            } catch {
                throw SchemaError("field '\(name)': its default \(error.message)")
            }
            guard allows(self.defaultValue!) else {
                throw SchemaError("field '\(name)': its default is none of its choices")
            }
        } else if isNullable {
            self.defaultValue = Array("null".utf8)
        } else {
            switch kind {
            case .string, .text:
                let empty = Array("\"\"".utf8)
                self.defaultValue = choices.isEmpty || self.choices.contains(empty) ? empty : nil
            default: self.defaultValue = nil
            }
        }
    }

    /// Whether the field may have a value of its kind, in stored form.
    func allows(_ stored: some Collection<UInt8>) -> Bool {
        choices.isEmpty || isNullable && stored.elementsEqual("null".utf8)
            || choices.contains { $0.elementsEqual(stored) }
    }

    /// Whether an identifier, in whatever case, is one of ``reservedNames``.
    package static func isReserved(_ identifier: String) -> Bool {
        reservedNames.contains(identifier.lowercased())
    }

    /// Names that every record has already (protocol section "Records").
    public static let reservedNames = [
        "id", "version", "is_deleted", "user_id", "sync_id", "is_local_only", "sync_error", "created_at", "updated_at",
    ]
}

extension FieldKind {
    /// Says what is impossible about the kind's own numbers.
    fileprivate func check(fieldName: String) throws(SchemaError) {
        switch self {
        case .string(let maxLength) where maxLength < 1:
            throw SchemaError("field '\(fieldName)': max_length is at least 1")
        case .decimal(let maxDigits, let decimalPlaces)
        where !(1...38).contains(maxDigits) || !(0...maxDigits).contains(decimalPlaces):
            throw SchemaError(
                "field '\(fieldName)': max_digits is 1 to 38, and decimal_places 0 to max_digits")
        default:
            break
        }
    }
}
