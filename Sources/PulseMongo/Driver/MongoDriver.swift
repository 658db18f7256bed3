import CMongoC
import Logging
import Synchronization

/// What libmongoc has one of for the whole process.
enum MongoDriver {
    private static let logger = Mutex<Logger?>(nil)

    private static let isStarted: Void = {
        mongoc_init()
        mongoc_handshake_data_append("swift-pulse", nil, nil)
        mongoc_log_set_handler(
            { level, _, message, _ in
                guard let message, level.rawValue <= MONGOC_LOG_LEVEL_WARNING.rawValue else { return }
                let text = String(cString: message)
                // A transaction that lost was ended by the server already.
                guard !text.hasPrefix("Error in abortTransaction") else { return }
                MongoDriver.logger.withLock { $0 }?.warning("libmongoc: \(text)")
            }, nil)
    }()

    /// Makes the driver ready, and hands what it warns of to `logger`.
    static func start(logger: Logger) {
        self.logger.withLock { $0 = logger }
        isStarted
    }
}
