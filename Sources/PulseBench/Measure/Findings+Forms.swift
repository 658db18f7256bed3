extension Findings {
    /// For people: of one round its report, else the median of every figure with its extremes, the peer's, and the ratio.
    package var table: String {
        if isSingle, let report = sides.first?.rounds.first?.report { return report.table }
        var lines = Self.aligned(cells)
        for side in sides { lines += side.texts.map { "  \($0.label), \(side.url)  \($0.text)" } }
        return lines.joined(separator: "\n")
    }

    /// The rows of the table, a head first: each figure, its value, and with a peer the peer's and the ratio.
    package var cells: [[String]] {
        guard let own = sides.first else { return [] }
        let rounds = rounds == 1 ? "1 round" : "\(rounds) rounds"
        let head = ["\(name), \(rounds)", own.url]
        guard let peer else { return [head] + own.figures.map { [$0.label, $0.text] } }
        let (theirs, ratios) = (peer.figures, ratios)
        return [head + [peer.url, "ratio"]]
            + own.figures.map { figure in
                let beside = [theirs, ratios].map { $0.first { $0.key == figure.key }?.text ?? "" }
                return [figure.label, figure.text] + beside
            }
    }

    /// Columns side by side: the first to the left, the others to the right.
    private static func aligned(_ cells: [[String]]) -> [String] {
        let columns = cells.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            row.enumerated().map { column, text in
                let gap = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + gap : gap + text
            }.joined(separator: "  ")
        }
    }

    /// For programs: of one round its report, else an object with all reports (`runs`), `median` and `spread`, the same
    /// of the `peer`, and `ratio` with `ratio_spread`, ours divided by the peer's.
    package func json(histograms: Bool = false) -> String {
        if isSingle, let report = sides.first?.rounds.first?.report { return report.json(histograms: histograms) }
        var members = [#""bench":"# + JSONText.quoted(name)]
        if let own = sides.first { members += own.members(histograms) }
        if let peer {
            members.append(#""peer":{"# + peer.members(histograms).joined(separator: ",") + "}")
            members += Figure.members(ratios, named: "ratio", spread: "ratio_spread")
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension Findings.Side {
    fileprivate func members(_ histograms: Bool) -> [String] {
        let runs = rounds.map { $0.report.json(histograms: histograms) }.joined(separator: ",")
        return [#""url":"# + JSONText.quoted(url), #""runs":["# + runs + "]"]
            + Findings.Figure.members(figures, named: "median", spread: "spread")
    }
}

extension Findings.Figure {
    /// The median, and the extremes where they differ.
    package var text: String {
        guard spread.minimum < spread.maximum else { return fixed(spread.median) }
        return "\(fixed(spread.median)) (\(fixed(spread.minimum))–\(fixed(spread.maximum)))"
    }

    private func fixed(_ value: Double) -> String {
        Report.fixed(value, decimals == 0 && value != value.rounded() ? 1 : decimals)
    }

    fileprivate static func members(_ figures: [Self], named name: String, spread: String) -> [String] {
        let medians = figures.map { JSONText.quoted($0.key) + ":" + $0.fixed($0.spread.median) }
        let spreads = figures.map {
            let ends = #"{"min":\#($0.fixed($0.spread.minimum)),"max":\#($0.fixed($0.spread.maximum))}"#
            return JSONText.quoted($0.key) + ":" + ends
        }
        return [(name, medians), (spread, spreads)].map { name, members in
            JSONText.quoted(name) + ":{" + members.joined(separator: ",") + "}"
        }
    }
}
