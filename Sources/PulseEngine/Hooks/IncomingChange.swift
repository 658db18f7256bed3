import PulseModel

/// A change that a client has uploaded, as a hook sees it.
public struct IncomingChange: Sendable {
    /// Who uploads it.
    public let identity: Identity
    public let key: RecordKey
    /// The version of the record that the client had seen.
    public let base: Version
    /// The record as it is stored; nil where there is none, tombstones included. By the time the change is written it may
    /// be another.
    public let stored: Record?
    /// The fields as the client wants them: what is stored, or the defaults, with the upload laid over.
    public let fields: FieldValues
    /// Whether the record is to be soft-deleted after the change.
    public let isDeleted: Bool
    /// Values to write in the place of those in ``fields``: of any field, those that are read-only for clients too.
    public var values: [String: JSONValue] = [:]
}
