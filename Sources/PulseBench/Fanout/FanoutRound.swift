import NIOCore

/// One rate, from opening connections to closing them.
struct FanoutRound: Sendable {
    let common: CommonOptions
    let connections: Int
    /// Records a second.
    let rate: Double
    let batch: Int
    /// Where to publish by POST; nil to upload over a connection of its own.
    let publish: Endpoint?
    let token: String
    let seconds: (measured: Double, warmUp: Double, settle: Double)

    func measure(_ run: Run) async throws -> FanoutOutcome {
        // The last event loop is the sender's, so that reading cannot delay sending.
        let loops = Array(run.client.group.makeIterator())
        let marker = FanoutMarker(run: .random(in: 0...(.max)))
        let uploadsPerSecond = rate / Double(batch)
        let plan = PacedUpload.Plan(
            table: common.table, userID: try common.userID(of: token), marker: marker, batch: batch,
            maximumUnanswered: max(1000, Int(uploadsPerSecond * 10)))
        run.progress.enter("opening connections")
        let sender = try await FanoutSender.open(
            run.client, on: loops[loops.count - 1], token: token, plan: plan, publish: publish)
        let tallies = loops.dropLast().map { _ in FanoutTally() }
        let table = publish == nil ? common.table : nil
        let same: @Sendable (Int) -> String = { [token] _ in token }
        let receivers = try await run.client.openAll(
            connections, on: Array(loops.dropLast()), manySources: true, token: same
        ) { index in
            FanoutReceiver(table: table, marker: marker, tally: tallies[index % tallies.count])
        }
        try await Task.sleep(for: .seconds(seconds.settle))

        let start = NIODeadline.now() + .milliseconds(50)
        let from = start + .seconds(of: seconds.warmUp)
        let planned = Window(from: from, to: from + .seconds(of: seconds.measured))
        for tally in tallies { tally.measure(from: planned.from, to: planned.to) }
        try await sender.start(at: start, perSecond: uploadsPerSecond, measuring: planned)
        let window = try await run.measure(planned) {
            "\(tallies.reduce(0) { $0 + $1.counts.deliveries }) deliveries"
        }
        try await sender.stop(at: window.to)
        try await Run.settle(patience: .seconds(3)) {
            tallies.reduce(0) { $0 + $1.counts.pushes }
        } isDone: {
            let sent = try await sender.tally()
            let pushes = tallies.reduce(0) { $0 + $1.counts.pushes }
            return sent.unanswered == 0 && pushes >= sent.acked * connections
        }
        var got = FanoutTally.Counts()
        for tally in tallies { got.merge(tally.counts) }
        let sent = try await sender.tally()
        await sender.close()
        await receivers.closeAll()
        return FanoutOutcome(connections: connections, rate: rate, window: window, sent: sent, got: got)
    }
}
