/// What all rounds of a run found, on one side or on two.
package struct Findings: Sendable {
    package struct Round: Sendable {
        package var report: Report
        package var usage: UsageCurve

        package init(report: Report, usage: UsageCurve = UsageCurve()) {
            self.report = report
            self.usage = usage
        }
    }

    package struct Side: Sendable {
        /// The server's address.
        package let url: String
        package var rounds: [Round] = []

        package init(url: String, rounds: [Round] = []) {
            self.url = url
            self.rounds = rounds
        }
    }

    /// One number of the reports, over the rounds.
    package struct Figure: Equatable, Sendable {
        package var key: String
        package var label: String
        package var decimals: Int
        package var spread: Spread
    }

    /// Our server, and the peer where there is one.
    package var sides: [Side]
    /// Whether one round on one side was asked for: it is shown as it is.
    package let isSingle: Bool

    package init(sides: [Side], isSingle: Bool) {
        self.sides = sides
        self.isSingle = isSingle
    }

    package var rounds: Int { sides.first?.rounds.count ?? 0 }
    package var name: String { sides.first?.rounds.first?.report.name ?? "" }

    /// The peer, when it has been measured.
    package var peer: Side? { sides.count > 1 && !sides[1].rounds.isEmpty ? sides[1] : nil }

    /// Ours divided by the peer's, round by round, of the figures that are measured in units of their own.
    package var ratios: [Figure] {
        guard let peer, let own = sides.first else { return [] }
        return own.figures.filter { Self.isCompared($0.key) }.compactMap { figure in
            let pairs = zip(own.rounds, peer.rounds).compactMap { own, peer -> Double? in
                guard let ours = own.report[figure.key], let theirs = peer.report[figure.key], theirs > 0 else {
                    return nil
                }
                return ours / theirs
            }
            return Spread(pairs).map { Figure(key: figure.key, label: figure.label, decimals: 2, spread: $0) }
        }
    }

    /// Rates, latencies, and the server's memory and time; not settings and counts.
    static func isCompared(_ key: String) -> Bool {
        ["_per_second", "_ms", "server_rss_peak_kib", "server_cpu_seconds"].contains(where: key.hasSuffix)
            || key.hasPrefix("kib_per_")
    }
}

extension Findings.Side {
    /// Every number of the reports, in their order.
    package var figures: [Findings.Figure] {
        var found: [Findings.Figure] = []
        for row in rounds.flatMap(\.report.rows) where !found.contains(where: { $0.key == row.key }) {
            guard let spread = Spread(rounds.compactMap { $0.report[row.key] }) else { continue }
            found.append(Findings.Figure(key: row.key, label: row.label, decimals: row.value.decimals, spread: spread))
        }
        return found
    }

    /// Latencies of all rounds together.
    package var latencies: [Report.Latency] {
        rounds.flatMap(\.report.latencies).reduce(into: []) { merged, latency in
            if let index = merged.firstIndex(where: { $0.key == latency.key }) {
                merged[index].histogram.merge(latency.histogram)
            } else {
                merged.append(latency)
            }
        }
    }

    /// The first text of each kind, such as a server's complaint.
    package var texts: [(label: String, text: String)] {
        var found: [(label: String, text: String)] = []
        for row in rounds.flatMap(\.report.rows) where !found.contains(where: { $0.label == row.label }) {
            if case .text(let text) = row.value { found.append((row.label, text)) }
        }
        return found
    }
}
