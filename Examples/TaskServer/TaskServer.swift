// A server with models and rules of its own, and with work beside the sync: a price that changes for everybody.
//
//   swift run TaskServer serve --auth insecure
//   swift run TaskServer schema print

import Foundation
import Pulse

@main
struct TaskServer: PulseApplication {
    let models: [ModelRegistration] = [
        .model(Task.self) { change in
            change.record.title = change.record.title.trimmingCharacters(in: .whitespaces)
            if change.record.title.isEmpty { throw Rejection("A task needs a title.") }
        },
        .model(Item.self),
    ]

    /// Changes the price of a lamp every hour, or every `PRICE_SECONDS`.
    func run(_ records: Records) async throws {
        let text = ProcessInfo.processInfo.environment["PRICE_SECONDS"] ?? "3600"
        guard let seconds = Double(text), seconds > 0 else { throw WrongInterval(text: text) }
        while true {
            let price = Decimal(Int.random(in: 1..<100)) + 0.9
            if var lamp = try await records.query(Item.self).where(\.name == "Lamp").first() {
                lamp.price = price
                try await records.save(&lamp)
            } else {
                var lamp = Item(name: "Lamp", price: price)
                try await records.create(&lamp, in: .global)
            }
            try await ContinuousClock().sleep(for: .seconds(seconds))
        }
    }

    struct WrongInterval: Error {
        let text: String
    }
}
