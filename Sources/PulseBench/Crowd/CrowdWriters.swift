import NIOCore

/// Connections that together upload at a fixed rate, in phases: those of a `CrowdReport`.
struct CrowdWriters: Sendable {
    private let connections: [Connection<PacedUpload>]

    static func open(
        _ count: Int, _ client: Client, on loop: any EventLoop, table: String, batch: Int,
        token: @escaping @Sendable (Int) -> String
    ) async throws -> CrowdWriters {
        let plan = PacedUpload.Plan(table: table, userID: nil, marker: nil, batch: batch, maximumUnanswered: 1000)
        return CrowdWriters(
            connections: try await client.openAll(count, on: [loop], token: token) { _ in PacedUpload(plan: plan) })
    }

    /// Begins to upload, so many times a second all together, in a first phase.
    func start(at start: NIODeadline, perSecond rate: Double) async throws {
        for (index, connection) in connections.enumerated() {
            let pacing = Pacing.open(
                perSecond: rate, connection: index, of: connections.count, from: start, until: .distantFuture)
            try await connection.onLoop { writer in
                writer.tally.begin(phaseAt: start)
                writer.start(pacing)
            }
        }
    }

    func begin(phaseAt from: NIODeadline) async throws {
        try await connections.onLoops { $0.tally.begin(phaseAt: from) }
    }

    /// Ends to upload, waits for the answers, and closes the connections.
    func finish() async throws -> [PacedTally] {
        try await connections.onLoops { $0.pacing.stop(at: .now()) }
        try await Run.settle(patience: .seconds(5)) {
            try await connections.onLoops { $0.tally.acked }.reduce(0, +)
        } isDone: {
            try await connections.onLoops { $0.tally.unanswered }.allSatisfy { $0 == 0 }
        }
        let tallies = try await connections.onLoops { $0.tally }
        await connections.closeAll()
        return tallies
    }
}
