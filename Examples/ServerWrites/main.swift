// Writes of the application's own, beside the sync: opens the store that a running `pulsed` serves, changes a record,
// and every device that may see it has the change within two seconds.
//
//   ServerWrites sqlite:pulse.db create task 7 '{"title": "Buy milk"}'
//   ServerWrites sqlite:pulse.db soft-delete task 6fa459ea-ee8a-4ca4-894e-db77e160355e
//   ServerWrites sqlite:pulse.db hard-delete task 6fa459ea-ee8a-4ca4-894e-db77e160355e

import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseMongo
import PulseSQLite

let task = try Model(
    ModelName("task")!, audience: .user,
    fields: [
        Field("title", .string(maxLength: 200)),
        Field("description", .text),
        Field("completed", .bool, default: .bool(false)),
    ])

func open(_ location: String, _ schema: Schema, _ logger: Logger) async throws -> any ChangeStore {
    if location.hasPrefix("mongodb") { return try await MongoStore.open(location, schema: schema, logger: logger) }
    return try SQLiteStore(path: String(location.trimmingPrefix("sqlite:")), schema: schema)
}

func run(_ arguments: [String]) async throws {
    let logger = Logger(label: "ServerWrites")
    let store = try await open(arguments[0], Schema([task]), logger)
    let engine = try await SyncEngine(schema: Schema([task]), store: store, eventLoops: [], logger: logger)
    let model = ModelName(arguments[2])!
    switch arguments[1] {
    case "create":
        guard let user = UserID(arguments[3]), case .object(let fields) = try JSONValue.parse(arguments[4]) else {
            break
        }
        let syncID = arguments.count > 5 ? SyncID(arguments[5])! : .random()
        let record = try await engine.records.create(
            model, in: .user(user), syncID: syncID,
            Dictionary(uniqueKeysWithValues: fields.members.map { ($0.key, $0.value) }))
        print("created \(record.key.syncID), version \(record.version)")
    case "soft-delete":
        let record = try await engine.records.softDelete(model, SyncID(arguments[3])!)
        print("soft-deleted, version \(record.version)")
    case "hard-delete":
        try await engine.records.hardDelete(model, SyncID(arguments[3])!)
        print("hard-deleted")
    default:
        print("unknown action \(arguments[1])")
    }
}

do {
    try await run(Array(CommandLine.arguments.dropFirst()))
} catch {
    print("\(error)")
    exit(1)
}
