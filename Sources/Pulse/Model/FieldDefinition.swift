import PulseModel

/// A field with the property that holds it.
public struct FieldDefinition<Owner: SyncModel>: Sendable {
    let field: Field
    let property: PartialKeyPath<Owner> & Sendable
    private let encode: @Sendable (Owner) throws(FieldError) -> JSONValue

    /// A field without a default of its own.
    ///
    /// - Precondition: name and options fit the type.
    public init<Value: FieldValue>(
        _ name: String, _ property: KeyPath<Owner, Value> & Sendable, maxLength: Int? = nil, maxDigits: Int? = nil,
        decimalPlaces: Int? = nil, readOnly: Bool = false, conflict: ConflictPolicy? = nil
    ) {
        let options = FieldOptions(maxLength: maxLength, maxDigits: maxDigits, decimalPlaces: decimalPlaces)
        self.init(name, property, options, default: nil, readOnly: readOnly, conflict: conflict)
    }

    /// A field with a default.
    ///
    /// - Precondition: name, options and default fit the type.
    public init<Value: FieldValue>(
        _ name: String, _ property: KeyPath<Owner, Value> & Sendable, maxLength: Int? = nil, maxDigits: Int? = nil,
        decimalPlaces: Int? = nil, readOnly: Bool = false, conflict: ConflictPolicy? = nil,
        default defaultValue: Value
    ) {
        let options = FieldOptions(maxLength: maxLength, maxDigits: maxDigits, decimalPlaces: decimalPlaces)
        self.init(name, property, options, default: .some(defaultValue), readOnly: readOnly, conflict: conflict)
    }

    private init<Value: FieldValue>(
        _ name: String, _ property: KeyPath<Owner, Value> & Sendable, _ options: FieldOptions,
        default defaultValue: Value?, readOnly: Bool, conflict: ConflictPolicy?
    ) {
        let kind: FieldKind
        let defaultJSON: JSONValue?
        do throws(SchemaError) {
            kind = try Value.kind(with: options)
            defaultJSON = try defaultValue?.declaredJSON()
        } catch {
            fatalError("\(Owner.self), field '\(name)': \(error)")
        }
        do {
            field = try Field(
                name, kind, isNullable: Value.isNullable,
                default: defaultJSON, isReadOnly: readOnly, choices: Value.choices,
                conflict: conflict)
        } catch {
            fatalError("\(Owner.self), \(error)")
        }
        self.property = property
        encode = { owner throws(FieldError) in try owner[keyPath: property].fieldJSON() }
    }

    func value(of owner: Owner) throws(FieldError) -> JSONValue {
        do throws(FieldError) {
            return try encode(owner)
        } catch {
            throw FieldError(field: field.name, error.message)
        }
    }
}

extension FieldValue {
    fileprivate func declaredJSON() throws(SchemaError) -> JSONValue {
        do {
            return try fieldJSON()
        } catch {
            throw SchemaError("its default \(error.message)")
        }
    }
}
