import PulseEngine
import PulseModel

/// Up to where each collection was purged: one document of the log's own collection.
///
///     { _id: "floors", models: { task: { version: 203, stamp: 17900000000000001 } } }
enum FloorDocument {
    static func read(
        _ log: borrowing MongoCollection, in session: borrowing MongoSession
    ) throws(MongoFailure) -> [ModelName: LogHead] {
        let options = BSONWriter.document { $0.appendMajorityRead() }
        var cursor = try log.find(LogCollection.filter(LogCollection.floors), options: options, in: session)
        return try cursor.next(Self.floors) ?? [:]
    }

    /// Raises floors that are lower.
    static func raise(_ floors: [ModelName: LogHead], in bulk: borrowing MongoBulk) throws(MongoFailure) {
        guard !floors.isEmpty else { return }
        try bulk.update(
            LogCollection.filter(LogCollection.floors),
            BSONWriter.document { operators in
                operators.document("$max") { fields in
                    for (model, floor) in floors {
                        fields.append(.utf8(Array("models.\(model).version".utf8)[...]), floor.version.number)
                        fields.append(.utf8(Array("models.\(model).stamp".utf8)[...]), floor.stamp.ticks)
                    }
                }
            }, upsert: true)
        try bulk.execute()
    }

    private static func floors(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> [ModelName: LogHead] {
        var floors: [ModelName: LogHead] = [:]
        var elements = try BSONReader(bytes)
        while let element = try elements.next() {
            guard element.has("models") else { continue }
            var models = try element.elements()
            while let model = try models.next() {
                var version: Int64?
                var stamp: Int64?
                var parts = try model.elements()
                while let part = try parts.next() {
                    if part.has("version") { version = part.int }
                    if part.has("stamp") { stamp = part.int }
                }
                guard let name = ModelName(String(decoding: model.key, as: UTF8.self)), let version, let stamp else {
                    throw BSONError("the floors are damaged")
                }
                floors[name] = LogHead(version: Version(version), stamp: HybridTime(ticks: stamp))
            }
        }
        return floors
    }
}
