import NIOCore

extension Run {
    /// Uploads over these connections as `load` says, waits for what is late, and closes them.
    ///
    /// - Parameter what: what becomes of records, to be shown meanwhile.
    /// - Returns: the part that was measured.
    func upload(
        over connections: [Connection<some UploadingConnection>], _ load: LoadOptions, _ tally: UploadTally,
        _ what: String
    ) async throws -> Window {
        let start = NIODeadline.now()
        let planned = load.window(from: start)
        tally.measure(planned)
        for (index, connection) in connections.enumerated() {
            let pacing = load.pacing(of: index, of: connections.count, from: start, until: planned.to)
            try await connection.onLoop { $0.start(pacing) }
        }
        let window = try await measure(planned) { "\(tally.counts.ackedInAll) \(what)" }
        tally.measure(window)
        try await connections.onLoops { $0.stop(at: window.to) }
        try await Self.settle(patience: .seconds(2)) {
            tally.counts.ackedInAll + tally.counts.echoesInAll
        } isDone: {
            tally.counts.onTheirWay == 0 && tally.counts.echoesInAll >= tally.counts.echoesExpected
        }
        try await connections.onLoops { $0.giveUp(at: .now()) }
        await connections.closeAll()
        return window
    }

    /// Uploads so many new records of each user, over a connection of its own.
    ///
    /// - Throws: `BenchError` when not all are stored.
    func preload(
        _ records: Int, of users: [String], table: String, userID: String? = nil, batch: Int, inFlight: Int = 1
    ) async throws {
        let uploads = Uploads(tally: UploadTally(), batch: batch, inFlight: inFlight)
        let token: @Sendable (Int) -> String = { users[$0] }
        let uploaders = try await client.openAll(users.count, token: token) { _ in
            UploadSession(table: table, userID: userID, uploads)
        }
        try await preload(records, "records", over: uploaders, uploads.tally)
    }

    /// Uploads so many new records over each of these connections, and closes them.
    ///
    /// - Throws: `BenchError` when not all are stored.
    func preload(
        _ records: Int, _ name: String, over connections: [Connection<some UploadingConnection>], _ tally: UploadTally
    ) async throws {
        let expected = records * connections.count
        progress.enter("preloading") { "\(tally.counts.ackedInAll) of \(expected) \(name)" }
        try await connections.onLoops { $0.start(records: records) }
        try await Self.settle(patience: .seconds(30)) {
            tally.counts.ackedInAll
        } isDone: {
            tally.counts.hasSettled(expected)
        }
        await connections.closeAll()
        let counts = tally.counts
        guard counts.ackedInAll == expected else {
            let complaint = counts.firstComplaint.map { ": " + $0 } ?? ""
            throw BenchError(
                .incomplete, "Only \(counts.ackedInAll) of \(expected) \(name) could be preloaded\(complaint)")
        }
    }
}
