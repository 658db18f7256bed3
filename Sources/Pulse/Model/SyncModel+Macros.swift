import PulseModel

/// Makes a struct a model: each stored property is a field.
///
/// ```swift
/// @SyncModel
/// struct Task {
///     @Field(maxLength: 200) var title: String
///     var description = ""
///     var completed = false
/// }
/// ```
///
/// A field is called like its property, in snake case: `dueDay` is the field `due_day`. Its type is one that has
/// ``FieldValue``; an optional one may be null. The property's initial value is the field's default, which a record has
/// when its first upload does not name the field; it must be a constant. Computed and static properties are no fields.
///
/// - Parameters:
///   - table: the model's name in messages; if nil, the struct's in lower case.
///   - scope: whose the records are.
///   - unknownFields: what becomes of a field in an upload that the model does not have.
///   - conflicts: what becomes of an upload that was made from an older version of the record than the stored one.
@attached(member, names: named(sync), named(init))
@attached(extension, conformances: SyncModel, names: named(modelName), named(definition), named(init))
public macro SyncModel(
    _ table: StaticString? = nil, scope: Model.Audience = .user, unknownFields: Model.UnknownFields = .reject,
    conflicts: ConflictRules = .reject
) = #externalMacro(module: "PulseMacros", type: "SyncModelMacro")

/// Says more of a field of a ``SyncModel(_:scope:unknownFields:conflicts:)`` than its type does.
///
/// - Parameters:
///   - name: the field's name; if nil, the property's in snake case.
///   - maxLength: how many Unicode scalars a `String` has at most; if nil, it is as long as a frame allows.
///   - maxDigits: how many digits a `Decimal` has at most, 1 to 38.
///   - decimalPlaces: how many of them stand behind the point.
///   - readOnly: whether the field keeps what the server gave it: what a client sends for it is dropped.
///   - conflict: who is right where two have changed the field; if nil, the model's rules say.
@attached(peer)
public macro Field(
    _ name: StaticString? = nil, maxLength: Int? = nil, maxDigits: Int? = nil, decimalPlaces: Int? = nil,
    readOnly: Bool = false, conflict: ConflictPolicy? = nil
) = #externalMacro(module: "PulseMacros", type: "FieldMacro")
