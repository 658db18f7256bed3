import Logging
import PulseCommand
import PulseEngine
import PulseModel
import PulseMongo
import PulseSQLite

/// Opens the store that a location names.
enum Stores {
    /// To be served.
    static func open(
        _ settings: ServeSettings, schema: Schema, logger: Logger
    ) async throws(StoreError) -> any ChangeStore {
        try await open(settings.store, schema: schema, patience: settings.storeWait, logger: logger)
    }

    /// To be served, or looked after as it is served.
    static func open(
        _ location: StoreLocation, schema: Schema, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any ChangeStore {
        switch location {
        case .sqlite(let path): return try SQLiteStore(path: path, schema: schema)
        case .mongoDB(let uri):
            return try await MongoStore.open(uri, schema: schema, patience: patience, logger: logger)
        }
    }

    /// To be copied from.
    static func openSource(
        _ location: StoreLocation, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any CopyableStore {
        switch location {
        case .sqlite(let path): try SQLiteStore(copyingFrom: path)
        case .mongoDB(let uri): try await MongoStore.openForCopying(uri, patience: patience, logger: logger)
        }
    }

    /// To be copied into.
    static func openTarget(
        _ location: StoreLocation, patience: Duration, logger: Logger
    ) async throws(StoreError) -> any CopyableStore {
        switch location {
        case .sqlite(let path): try SQLiteStore(copyingTo: path)
        case .mongoDB(let uri): try await MongoStore.openForCopying(uri, patience: patience, logger: logger)
        }
    }
}
