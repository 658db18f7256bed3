import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a run found as one page that needs nothing else: a table, and plots as SVG.
package struct HTMLReport: Sendable {
    package let text: String

    package init(_ findings: Findings) {
        let title = "pulsed bench \(findings.name)"
        text = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(Markup.escaped(title))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>\(Markup.escaped(title))</h1>
            \(Self.servers(findings))
            \(Self.table(findings))
            \(Self.charts(findings).joined(separator: "\n"))
            </body>
            </html>

            """
    }

    /// - Throws: `BenchError` when it cannot be written.
    package func save(to path: String) async throws {
        let isWritten = try await NIOThreadPool.singleton.runIfActive {
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            guard file >= 0 else { return false }
            defer { _ = close(file) }
            var left = Array(text.utf8)[...]
            while !left.isEmpty {
                let count = left.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                guard count > 0 else { return false }
                left = left.dropFirst(count)
            }
            return true
        }
        guard isWritten else { throw BenchError(.badOption, "The report \(path) cannot be written.") }
    }

    /// Which colour is whose.
    private static func servers(_ findings: Findings) -> String {
        let names = findings.sides.enumerated().map { side, found in
            #"<span class="name side\#(side)">\#(Markup.escaped(found.url))</span>"#
        }
        return "<p>\(names.joined(separator: " against "))</p>"
    }

    private static func table(_ findings: Findings) -> String {
        let rows = findings.cells.enumerated().map { index, cells in
            let tag = index == 0 ? "th" : "td"
            return "<tr>" + cells.map { "<\(tag)>\(Markup.escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        let texts = findings.sides.flatMap { side in
            side.texts.map { "<p>\(Markup.escaped("\($0.label), \(side.url): \($0.text)"))</p>" }
        }
        return (["<table>"] + rows + ["</table>"] + texts).joined(separator: "\n")
    }

    private static func charts(_ findings: Findings) -> [String] {
        var charts =
            findings.sides.first?.latencies.filter { $0.histogram.count > 0 }.map {
                LineChart(latency: $0.key, label: $0.label, of: findings).svg
            } ?? []
        if findings.rounds > 1 || findings.peer != nil {
            let compared = findings.sides.first?.figures.filter {
                $0.key.hasSuffix("_per_second") || $0.key.hasSuffix("_p50_ms") || $0.key.hasSuffix("_p99_ms")
            }
            charts += (compared ?? []).map { BarChart($0, of: findings).svg }
        }
        let usage = [LineChart(memoryOf: findings), LineChart(timeOf: findings)]
        return charts + usage.filter { !$0.lines.isEmpty }.map(\.svg)
    }

    private static let style = """
        :root { color-scheme: light dark; --back: #fff; --text: #1a1d21; --grid: #dfe3e8; --side0: #1764c0; --side1: #c2570c }
        @media (prefers-color-scheme: dark) {
          :root { --back: #15181c; --text: #e4e7eb; --grid: #343a42; --side0: #6db1ff; --side1: #ffa45c }
        }
        body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
          background: var(--back); color: var(--text) }
        h1 { font-size: 1.5rem }
        table { border-collapse: collapse; margin: 1rem 0 2rem; font-variant-numeric: tabular-nums }
        th, td { padding: .2rem .8rem; border-bottom: 1px solid var(--grid); text-align: right }
        th:first-child, td:first-child { padding-left: 0; text-align: left }
        figure { display: inline-block; width: min(100%, 39rem); margin: 0 0 1.5rem }
        figcaption { font-weight: 600 }
        svg { width: 100%; height: auto }
        svg text { fill: var(--text); font-size: 11px }
        text.x { text-anchor: middle }
        text.y { text-anchor: end }
        text.label { opacity: .75 }
        .grid { stroke: var(--grid); fill: none }
        .line { fill: none; stroke-width: 1.8 }
        .line.side0 { stroke: var(--side0) }
        .line.side1 { stroke: var(--side1) }
        rect.side0 { fill: var(--side0) }
        rect.side1 { fill: var(--side1) }
        .name { font-weight: 600 }
        .name.side0 { color: var(--side0) }
        .name.side1 { color: var(--side1) }
        """
}
