import PulseModel

/// An upload and a stored record that a function of the application is to bring together.
public struct RecordConflict: Sendable {
    public let model: Model
    /// The record as it is.
    public let stored: Record
    /// Its fields as the client saw them when it made its changes; nil where that is not remembered.
    public let base: FieldValues?
    /// Its fields with everything that the client says.
    public let incoming: FieldValues
    /// The names of the fields to decide on; empty for documents, which are decided on as a whole.
    public let fields: [String]

    /// Returns a value for each of ``fields`` (one that it does not name keeps what is stored), or all members of the
    /// document, or nil to call it a conflict after all.
    ///
    /// Called while the store holds its write lock, perhaps more than once for one upload: it must be quick, and a pure
    /// function of the conflict.
    public typealias Resolution = @Sendable (RecordConflict) -> [String: JSONValue]?
}

extension RecordConflict {
    /// Two documents, of which the function makes one as a whole.
    init(model: Model, stored: Record, incoming: FieldValues) {
        self.init(model: model, stored: stored, base: nil, incoming: incoming, fields: [])
    }
}
