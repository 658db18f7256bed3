import NIOCore
import Synchronization

/// Tells people on standard error what is going on: one line, written again and again on a terminal.
package final class Progress: Sendable {
    private struct State {
        var round = ""
        var phase = "starting"
        var since = NIODeadline.now()
        var figure: (@Sendable () -> String)?
    }

    private let isShown: Bool
    private let isTerminal = StandardError.isTerminal
    private let state = Mutex(State())

    /// - Parameter always: whether it is shown where standard error is no terminal: then a line every second.
    package init(always: Bool) {
        isShown = always || isTerminal
    }

    /// A round begins, by the name of `round`.
    package func begin(round: String) {
        state.withLock { $0.round = round }
        enter("starting")
    }

    /// Another part of the round begins.
    ///
    /// - Parameter figure: what there is to see so far; asked several times a second, on another thread.
    package func enter(_ phase: String, figure: (@Sendable () -> String)? = nil) {
        state.withLock {
            $0.phase = phase
            $0.since = .now()
            $0.figure = figure
        }
    }

    /// Says something that stays.
    package func note(_ line: String) {
        clear()
        StandardError.print(line)
    }

    /// Shows the line until cancelled, and then takes it away.
    package func follow() async {
        guard isShown else { return }
        while !Task.isCancelled {
            StandardError.put(isTerminal ? "\r\u{1B}[K" + String(line.prefix(100)) : line + "\n")
            try? await Task.sleep(for: isTerminal ? .milliseconds(200) : .seconds(1))
        }
        clear()
    }

    private func clear() {
        if isShown, isTerminal { StandardError.put("\r\u{1B}[K") }
    }

    /// Round, phase, seconds of it, and the figure so far.
    package var line: String {
        let (round, phase, since, figure) = state.withLock { ($0.round, $0.phase, $0.since, $0.figure) }
        let seconds = Report.fixed(Double((NIODeadline.now() - since).nanoseconds) / 1e9, 1)
        return [round, "\(phase) \(seconds) s", figure?() ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
    }
}
