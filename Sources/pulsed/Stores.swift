import Logging
import PulseCommand
import PulseEngine
import PulseModel
import PulseSQLite

/// Opens the store that a location names.
enum Stores {
    /// To be served.
    static func open(
        _ settings: ServeSettings, schema: Schema, logger: Logger
    ) async throws(StoreError) -> any ChangeStore {
        switch settings.store {
        case .sqlite(let path): return try SQLiteStore(path: path, schema: schema)
        case .mongoDB(let uri):
            // MONGO: try await MongoStore.open(uri, schema: schema, patience: settings.storeWait, logger: logger)
            throw notBuiltIn(uri)
        }
    }

    /// To be copied from.
    static func openSource(
        _ location: StoreLocation, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any CopyableStore {
        switch location {
        case .sqlite(let path): try SQLiteStore(copyingFrom: path)
        case .mongoDB(let uri): try await openForCopying(uri, patience: patience, logger: logger)
        }
    }

    /// To be copied into.
    static func openTarget(
        _ location: StoreLocation, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any CopyableStore {
        switch location {
        case .sqlite(let path): try SQLiteStore(copyingTo: path)
        case .mongoDB(let uri): try await openForCopying(uri, patience: patience, logger: logger)
        }
    }

    private static func openForCopying(
        _ uri: String, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any CopyableStore {
        // MONGO: try await MongoStore.openForCopying(uri, patience: patience, logger: logger)
        throw notBuiltIn(uri)
    }

    private static func notBuiltIn(_ uri: String) -> StoreError {
        StoreError(.unusable, "\(StoreLocation.mongoDB(uri: uri)): MongoDB is not built in yet")
    }
}
