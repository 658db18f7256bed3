import NIOCore
import Synchronization

/// Follows the server's memory and processor time, and our own, through a run.
final class ServerWatch: Sendable {
    private struct State {
        var before = ProcessUsage()
        var peakKiB = 0
        var opened = ProcessUsage()
        var closed = ProcessUsage()
        var ownOpened = 0.0
        var ownClosed = 0.0
        var windowSeconds = 0.0
        var openedAt = NIODeadline.now()
        var curve = UsageCurve()
    }

    private let pids: [Int32]
    private let began = NIODeadline.now()
    private let state = Mutex(State())

    /// Reads the server's memory as it is before the run.
    ///
    /// - Throws: `BenchError` when a process cannot be read.
    init(_ pids: [Int32]) throws {
        self.pids = pids
        let usage = try ProcessUsage.read(pids)
        state.withLock {
            $0.before = usage
            $0.peakKiB = usage.residentKiB
        }
    }

    /// Notes the server's memory ten times a second until cancelled.
    func follow() async {
        guard hasServer else { return }
        while !Task.isCancelled {
            if let usage = read() {
                let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
                state.withLock { $0.curve.add(usage, at: seconds) }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The server's memory and time now; zero when it cannot be read.
    func sample() -> ProcessUsage { read() ?? ProcessUsage() }

    private func read() -> ProcessUsage? {
        guard let usage = try? ProcessUsage.read(pids) else { return nil }
        state.withLock { $0.peakKiB = max($0.peakKiB, usage.residentKiB) }
        return usage
    }

    /// What `follow` has noted.
    var curve: UsageCurve { state.withLock { $0.curve } }

    /// Begins the part of the run whose processor time counts.
    func openWindow() {
        let usage = sample()
        state.withLock {
            $0.opened = usage
            $0.ownOpened = ProcessUsage.ownCPUSeconds
            $0.openedAt = .now()
        }
    }

    /// Ends it.
    func closeWindow() {
        let usage = sample()
        state.withLock {
            $0.closed = usage
            $0.ownClosed = ProcessUsage.ownCPUSeconds
            $0.windowSeconds = Double((NIODeadline.now() - $0.openedAt).nanoseconds) / 1e9
        }
    }

    /// Whether there is a process to watch.
    var hasServer: Bool { !pids.isEmpty }

    var residentBeforeKiB: Int { state.withLock { $0.before.residentKiB } }

    func describe(in report: inout Report) {
        let after = sample()
        let state = state.withLock {
            (
                before: $0.before, peakKiB: $0.peakKiB, opened: $0.opened, closed: $0.closed,
                own: $0.ownClosed - $0.ownOpened, seconds: $0.windowSeconds
            )
        }
        if hasServer {
            report.add("server_rss_before_kib", "server memory before, KiB", state.before.residentKiB)
            report.add("server_rss_peak_kib", "server memory peak, KiB", state.peakKiB)
            report.add("server_rss_after_kib", "server memory after, KiB", after.residentKiB)
            let cpu = state.closed.cpuSeconds - state.opened.cpuSeconds
            report.add("server_cpu_seconds", "server CPU while measuring, s", cpu, decimals: 2)
        }
        report.add("client_cpu_seconds", "client CPU while measuring, s", state.own, decimals: 2)
        report.add("measured_seconds", "measured, s", state.seconds, decimals: 2)
    }
}
