import NIOCore
import PulseEngine
import PulseMetrics
import PulseModel
import Testing

@Suite struct MetricsTests {
    private let bench = ShardBench()

    /// The value of a series, as it would be read.
    private func value(_ series: String) -> Double? {
        bench.metrics.text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test func `a push is counted once for each connection that is live`() {
        let (_, one) = bench.connectLive()
        let (_, other) = bench.connectLive()
        _ = bench.connect()
        bench.commit(Fixture.record(1, version: 1), Fixture.record(2, version: 2), Fixture.record(3, version: 3))
        #expect(value("pulse_pushes_total") == 6)
        #expect(value("pulse_pushed_bytes_total") == Double(one.sent.readableBytes + other.sent.readableBytes))
    }

    @Test(arguments: [10, 200, 70_000]) func `frames are counted whatever their length`(length: Int) {
        _ = bench.connectLive()
        let title = String(repeating: "A", count: length)
        bench.commit(
            Fixture.record(1, version: 1, of: Fixture.note, title: title),
            Fixture.record(2, version: 2, of: Fixture.note, title: title))
        #expect(value("pulse_pushes_total") == 2)
    }

    @Test func `a connection counts as catching up until it is live and whenever it falls behind`() {
        let (subscriber, outlet) = bench.connect()
        #expect(value("pulse_connections_catching_up") == 1)
        bench.endHold()
        #expect(value("pulse_connections_catching_up") == 0)
        subscriber.request(after: 0)
        subscriber.request(after: 0)
        #expect(value("pulse_connections_catching_up") == 1)
        bench.settle()
        #expect(value("pulse_connections_catching_up") == 0)
        #expect(value("pulse_fell_behind_total") == 0)
        outlet.isWritable = false
        bench.commit(Fixture.record(1, version: 1))
        bench.commit(Fixture.record(2, version: 2))
        #expect(value("pulse_connections_catching_up") == 1)
        #expect(value("pulse_fell_behind_total") == 1)
        subscriber.close()
        subscriber.close()
        #expect(value("pulse_connections_catching_up") == 0)
    }

    @Test func `who waits for a connection to be live is told once`() {
        let (subscriber, _) = bench.connect()
        var tellings = 0
        subscriber.request(after: 0)
        subscriber.whenLive { tellings += 1 }
        #expect(tellings == 0)
        bench.endHold()
        #expect(tellings == 1)
        subscriber.whenLive { tellings += 1 }
        #expect(tellings == 2)
        subscriber.close()
        #expect(tellings == 2)
    }
}
