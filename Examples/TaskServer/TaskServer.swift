// A server with models of its own, and with work beside the sync: the price of the day changes for everybody.
//
//   swift run TaskServer serve --auth insecure
//   swift run TaskServer schema print

import Foundation
import PulseApp
import PulseEngine
import PulseModel

private let task = ModelName("task")!
private let item = ModelName("item")!
private let lamp = SyncID("3d8ba0e6-6c1e-4a35-8d3c-5b0b0d2f7a11")!

@main
struct TaskServer: ServerApplication {
    let schema: Schema? = try! Schema([
        Model(
            task, audience: .user,
            fields: [
                Field("title", .string(maxLength: 200)),
                Field("completed", .bool, default: .bool(false)),
            ]),
        Model(
            item, audience: .global,
            fields: [
                Field("name", .string(maxLength: 255)),
                Field("price", .decimal(maxDigits: 10, decimalPlaces: 2), isReadOnly: true),
            ]),
    ])

    /// Changes the price every hour, or every `PRICE_SECONDS`.
    func run(_ records: Records) async throws {
        let text = ProcessInfo.processInfo.environment["PRICE_SECONDS"] ?? "3600"
        guard let seconds = Double(text), seconds > 0 else { throw WrongInterval(text: text) }
        while true {
            try await setPrice("\(Int.random(in: 1..<100)).90", records)
            try await Task.sleep(for: .seconds(seconds))
        }
    }

    private func setPrice(_ price: String, _ records: Records) async throws {
        do {
            try await records.update(item, lamp, ["price": .string(price)])
        } catch .notFound {
            let fields: [String: JSONValue] = ["name": .string("Lamp"), "price": .string(price)]
            try await records.create(item, in: .global, syncID: lamp, fields)
        }
    }

    struct WrongInterval: Error {
        let text: String
    }
}
