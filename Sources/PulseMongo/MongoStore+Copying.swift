import PulseEngine
import PulseModel

extension MongoStore: CopyableStore {
    public func history() async throws(StoreError) -> SchemaHistory {
        let format = format
        let history = try await write { client throws(StoreError) in
            try format.explaining { () throws(MongoFailure) in
                try format.refuseUnfinishedCopy(through: client)
                return try format.history(through: client).history
            }
        }
        // What other workers have added meanwhile is copied too.
        adopt(history)
        return history
    }

    public func beginCopy(of history: SchemaHistory, from source: String) async throws(StoreError) -> Version {
        let format = format
        let (head, all) = try await write { client throws(StoreError) in
            try format.explaining { () throws(MongoFailure) in
                try format.beginCopy(of: history, from: source, through: client)
            }
        }
        adopt(all)
        return head
    }

    public func take(_ page: LogPage) async throws(StoreError) {
        guard let end = page.records.last?.version else { return }
        try await commit(loading: Set(page.records.map(\.key))) { head, _ in
            // A page whose commit was not answered may be there already.
            (head.version < end ? page.records : [], ())
        }
    }

    public func endCopy(at floors: [ModelName: LogHead]) async throws(StoreError) {
        let format = format
        try await write { client throws(StoreError) in
            try format.explaining { () throws(MongoFailure) in
                let session = try MongoSession(client)
                let log = MongoCollection(LogCollection.name, of: format.database, through: client)
                try FloorDocument.raise(floors, in: log.bulk(in: session, isTransaction: false))
                try format.endCopy(through: client)
            }
        }
    }
}
