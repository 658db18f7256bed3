import CMongoC
import PulseEngine

/// What went wrong in a call of libmongoc, and what may be done about it. The one place that knows the numbers.
struct MongoFailure: Error, Sendable {
    enum Meaning: Sendable {
        /// The transaction is over, without effect; it may be tried again from its beginning.
        case transient
        /// The server may or may not have committed.
        case commitUnknown
        /// Somebody else wrote the same document first.
        case conflict
        /// The transaction, or a document, is larger than the server takes.
        case tooLarge
        /// The server does not take the credentials.
        case authentication
        /// The user may not do this.
        case rights
        /// The server cannot be reached, or does not answer, or is not the primary.
        case unavailable
        /// What is stored is not what it should be.
        case damaged
        /// Anything else: the call would fail again.
        case other
    }

    let meaning: Meaning
    let code: UInt32
    /// Whether the server could not be reached, whatever that means for a transaction.
    let isAway: Bool
    /// The server's or the driver's words.
    let message: String

    init(_ meaning: Meaning, _ message: String) {
        self.meaning = meaning
        self.message = message
        code = 0
        isAway = meaning == .unavailable
    }

    init(damaged message: String) {
        self.init(.damaged, "a stored record is damaged: \(message)")
    }

    init(unreadable message: String) {
        self.init(.other, "the server's answer cannot be read: \(message)")
    }

    /// - Parameter reply: the server's answer, in which the labels are. It is only looked at.
    init(_ error: bson_error_t, reply: OpaquePointer? = nil) {
        code = error.code
        message = withUnsafeBytes(of: error.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let isAway = [MONGOC_ERROR_SERVER_SELECTION, MONGOC_ERROR_STREAM].contains { $0.rawValue == error.domain }
        self.isAway = isAway
        let has = { (label: String) in reply.map { mongoc_error_has_label($0, label) } ?? false }
        if has("UnknownTransactionCommitResult") {
            meaning = .commitUnknown
        } else if has("TransientTransactionError") {
            meaning = .transient
        } else {
            meaning = isAway ? .unavailable : Self.meaning(ofDomain: error.domain, code: error.code)
        }
    }

    private static func meaning(ofDomain domain: UInt32, code: UInt32) -> Meaning {
        switch (domain, code) {
        case (UInt32(MONGOC_ERROR_CLIENT.rawValue), UInt32(MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue)):
            .authentication
        // A document that is larger than any server takes.
        case (UInt32(MONGOC_ERROR_BSON.rawValue), _): .tooLarge
        case (UInt32(MONGOC_ERROR_SERVER.rawValue), _):
            switch code {
            // DuplicateKey
            case 11_000: .conflict
            // WriteConflict, NoSuchTransaction
            case 112, 251: .transient
            // TransactionTooLarge, TransactionTooLargeForCache, BSONObjectTooLarge, and what the write commands say of it
            case 257, 388, 10_334, 17_419, 17_420: .tooLarge
            case 18: .authentication
            case 13: .rights
            // HostUnreachable … NetworkTimeout, ExceededTimeLimit, shutdown, stepdown, elections, lock and time limits
            case 6, 7, 24, 50, 89, 91, 134, 189, 202, 262, 290, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436:
                .unavailable
            default: .other
            }
        default:
            .other
        }
    }

    /// Whether the same may succeed a little later.
    var mayPass: Bool {
        switch meaning {
        case .transient, .commitUnknown, .conflict, .unavailable: true
        default: false
        }
    }

    /// The failure as the engine knows it.
    var storeError: StoreError {
        switch meaning {
        case .tooLarge: StoreError(.tooLarge, "MongoDB: \(message)")
        case .damaged: StoreError(.unusable, "MongoDB: \(message)")
        case .commitUnknown: StoreError(.outcomeUnknown, "MongoDB: \(message)")
        // It would fail again: an index or a validator of somebody else's refuses a record.
        case .other, .conflict: StoreError(.unusable, "MongoDB: \(message)")
        default: StoreError(.unavailable, "MongoDB: \(message)")
        }
    }
}
