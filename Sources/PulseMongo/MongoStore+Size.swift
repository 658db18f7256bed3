import PulseEngine

extension MongoStore: MeasuredStore {
    /// What the server counts as data and indexes of the database, before compression.
    public func size() async throws(StoreError) -> StoreSize {
        try await read { client, _ throws(MongoFailure) in
            let command = BSONWriter.document { command in
                command.append("dbStats", Int64(1))
                command.append("maxTimeMS", PageReader.maximumTime)
            }
            let usedBytes = try client.run(command, on: self.format.database) { bytes throws(BSONError) in
                var usedBytes: Int64 = 0
                var elements = try BSONReader(bytes)
                while let element = try elements.next() {
                    if element.has("dataSize") || element.has("indexSize") { usedBytes += element.int ?? 0 }
                }
                return usedBytes
            }
            return StoreSize(usedBytes: Int(usedBytes))
        }
    }
}
