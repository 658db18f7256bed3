import PulseEngine
import PulseModel

extension MongoStore {
    public func floors() async throws(StoreError) -> [ModelName: LogHead] {
        try await read { client, session throws(MongoFailure) in
            let log = MongoCollection(LogCollection.name, of: self.format.database, through: client)
            return try FloorDocument.read(log, in: session)
        }
    }

    public func purge(_ purge: LogPurge, maximumRecords: Int) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + Self.commitPatience
        let step = PurgeStep(database: format.database, purge: purge, maximumRecords: maximumRecords)
        return try await write { client throws(StoreError) in try step.run(through: client, until: deadline) }
    }

    public func count(_ purge: LogPurge) async throws(StoreError) -> Int {
        let step = PurgeStep(database: format.database, purge: purge, maximumRecords: .max)
        return try await perform(on: scanning) { client throws(StoreError) in
            do throws(MongoFailure) {
                return try step.count(through: client)
            } catch {
                throw error.storeError
            }
        }
    }
}
