// A server that keeps a journal of its tasks in a file: a line for each committed change, none lost and none twice,
// whatever kills it.
//
//   JOURNAL=tasks.journal swift run ChangeFeed serve --auth insecure

import Foundation
import Pulse

@SyncModel struct Task {
    @Field(maxLength: 200) var title: String
    var description = ""
    var completed = false
}

@main
struct ChangeFeed: PulseApplication {
    let models: [ModelRegistration] = [.model(Task.self)]

    func run(_ records: Records) async throws {
        guard let path = ProcessInfo.processInfo.environment["JOURNAL"] else { return }
        var journal = try Journal(path: path)
        for try await change in try await records.changes(of: Task.self, after: journal.cursor) {
            switch change.content {
            case .saved(let task):
                try journal.append("\(task.isDeleted ? "deleted" : "saved") \(task.syncID)", change.cursor)
            case .hardDeleted(let id): try journal.append("gone \(id)", change.cursor)
            }
        }
    }
}
