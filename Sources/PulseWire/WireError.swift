/// Why a message was refused, as a `SYNC_ERROR` frame says it (protocol section "Errors").
public struct WireError: Error, Sendable, Hashable {
    /// The numbers that clients may act on. They never change their meaning.
    public enum Code: Int, Sendable, Hashable, CaseIterable {
        /// The frame is not JSON in the sense of RFC 8259, or a key stands twice in the message itself.
        case badJSON = 100
        /// The frame is JSON, but no message: not an object, or `type` is missing or no string.
        case badMessage = 101
        /// `type` is none that this server knows.
        case unknownType = 102
        /// A part of the message has a wrong type or value.
        case badField = 103
        /// More items, keys or nesting than the limits allow.
        case tooLarge = 104
        /// There is no such table.
        case unknownTable = 200
        /// The table can be read by this client, and not be written.
        case readOnlyTable = 201
        /// `last_version` lies beyond the newest version: the client has synced with another store.
        case cursorAhead = 300
        /// The token of an `AUTH` is not accepted, or is another user's. Nothing has changed.
        case notAccepted = 400
        /// The token of an `AUTH` cannot be checked just now. Nothing has changed; send it again.
        case notChecked = 401
        /// The store cannot take or give records just now. Nothing of the message was acked; send it again.
        case storeUnavailable = 500
        /// Too much is waiting to be written. Nothing of the message was taken; send it again.
        case busy = 501
        /// The client sends faster than the limits allow. The message was not looked at; send it again, later.
        case rateLimited = 502
        /// The store has no room for more; only deletes are taken. Nothing of the message was taken; send it again, later.
        case storeFull = 503

        /// Whether the same message may succeed later, unchanged.
        public var isRetryable: Bool {
            switch self {
            case .notChecked, .storeUnavailable, .busy, .rateLimited, .storeFull: true
            case .badJSON, .badMessage, .unknownType, .badField, .tooLarge, .unknownTable, .readOnlyTable, .cursorAhead,
                .notAccepted:
                false
            }
        }
    }

    public let code: Code
    public let message: String
    /// The table that the refused message named, as the client wrote it.
    public let table: String?

    public init(_ code: Code, _ message: String, table: String? = nil) {
        self.code = code
        self.message = message
        self.table = table
    }
}
