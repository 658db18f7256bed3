import PulseModel

extension SyncModel {
    /// The record as a Swift value.
    ///
    /// - Throws: `FieldError` when a value is none of its property's type, or the record was hard-deleted.
    /// - Precondition: the record is one of this model.
    public init(_ record: Record) throws(FieldError) {
        precondition(record.key.model == Self.modelName, "\(Self.self): a record of the model '\(record.key.model)'")
        guard record.state != .erased else { throw FieldError("The record was hard-deleted.") }
        try self.init(reading: FieldReader(record.fields, of: Self.model))
        sync = SyncState(record)
    }

    /// All fields with their values, in declared order.
    ///
    /// - Throws: `FieldError` when a value has no form in its field, as a `Double` that is not finite.
    public func members() throws(FieldError) -> [JSONObject.Member] {
        try Self.definition.members(of: self)
    }

    /// The fields whose values differ from those of the record that was loaded; all of a new one.
    ///
    /// A value that Swift's type does not hold to the last digit is not among them unless it was changed.
    ///
    /// - Throws: `FieldError` when a value has no form in its field.
    public func changedMembers() throws(FieldError) -> [JSONObject.Member] {
        let members = try members()
        guard let record = sync.record else { return members }
        let loaded = try Self(record).members()
        return zip(members, loaded).filter { $0 != $1 }.map(\.0)
    }
}
