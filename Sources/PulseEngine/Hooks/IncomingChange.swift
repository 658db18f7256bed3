import PulseModel

/// A change that a client has uploaded, as a hook sees it.
public struct IncomingChange: Sendable {
    /// Who uploads it.
    public let identity: Identity
    public let key: RecordKey
    /// The version of the record that the client had seen.
    public let base: Version
    /// The record as it is stored; nil where there is none, tombstones included. By the time the change is written it may
    /// be another: what the same upload does to it before this change is in ``fields`` alone.
    public let stored: Record?
    /// The fields as the client wants them: what is stored, or the defaults, with the upload laid over.
    public let fields: FieldValues
    /// Whether the record is to be soft-deleted after the change.
    public let isDeleted: Bool
    /// Whether the client may be repeating itself because it got no answer: the stored record's last write was made by the
    /// same user from the same version. A hook that judges the step from ``stored`` to ``fields`` must let it pass; it is
    /// then known again and changes nothing, or it is a conflict.
    public var mayBeRepeat: Bool { stored?.origin == Record.Origin(writer: identity.user, base: base) }
    /// Values to write in the place of those in ``fields``: of any field, those that are read-only for clients too.
    public var values: [String: JSONValue] = [:]
}
