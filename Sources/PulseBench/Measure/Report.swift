/// What a run found, in the order it is to be read; a table for people or one JSON object for programs.
package struct Report: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case count(Int)
        case number(Double, decimals: Int)
        case text(String)
        case list([Report])
    }

    package struct Row: Equatable, Sendable {
        var key: String
        var label: String
        var value: Value
    }

    package struct Latency: Equatable, Sendable {
        package var key: String
        package var label: String
        package var histogram: Histogram
    }

    /// The percentiles that are told, beside the maximum.
    package static let percentiles = [50, 90, 99, 99.9]

    package var name: String
    private(set) var rows: [Row] = []
    /// What the percentiles among the rows were taken from.
    package private(set) var latencies: [Latency] = []

    package init(_ name: String) {
        self.name = name
    }

    package mutating func add(_ key: String, _ label: String, _ value: Value) {
        rows.append(Row(key: key, label: label, value: value))
    }

    package mutating func add(_ key: String, _ label: String, _ value: Int) {
        add(key, label, .count(value))
    }

    package mutating func add(_ key: String, _ label: String, _ value: Double, decimals: Int) {
        add(key, label, .number(value, decimals: decimals))
    }

    /// Percentiles and maximum in milliseconds, as `KEY_p50_ms` and so on.
    package mutating func add(
        _ key: String, _ label: String, _ histogram: Histogram, percentiles: [Double] = Report.percentiles
    ) {
        latencies.append(Latency(key: key, label: label, histogram: histogram))
        for percent in percentiles {
            let name = Self.fixed(percent, 1).hasSuffix(".0") ? Self.fixed(percent, 0) : Self.fixed(percent, 1)
            add(
                "\(key)_p\(name.filter { $0 != "." })_ms", "\(label) p\(name), ms",
                Double(histogram.percentile(percent)) / 1e6, decimals: 3)
        }
        add("\(key)_max_ms", "\(label) max, ms", Double(histogram.maximum) / 1e6, decimals: 3)
    }

    /// The number of that key; nil when there is none.
    package subscript(key: String) -> Double? {
        switch rows.first(where: { $0.key == key })?.value {
        case .count(let count): Double(count)
        case .number(let number, _): number
        case .text, .list, nil: nil
        }
    }

    // MARK: forms

    package var table: String { lines(indent: "").joined(separator: "\n") }

    private func lines(indent: String) -> [String] {
        let width = rows.map(\.label.count).max() ?? 0
        var lines = [indent + name]
        for row in rows {
            if case .list(let parts) = row.value {
                for part in parts { lines += part.lines(indent: indent + "  ") }
            } else {
                let gap = String(repeating: " ", count: width - row.label.count + 2)
                lines.append("\(indent)  \(row.label)\(gap)\(Self.shown(row.value))")
            }
        }
        return lines
    }

    package var json: String { json(histograms: false) }

    /// - Parameter histograms: adds the buckets of each latency, as `KEY_histogram`: pairs of the largest value in
    ///   nanoseconds and how many there were.
    package func json(histograms: Bool) -> String {
        var members =
            [#""bench":"# + JSONText.quoted(name)] + rows.map { JSONText.quoted($0.key) + ":" + Self.json($0.value) }
        for latency in latencies where histograms {
            let pairs = latency.histogram.buckets.map { "[\($0.upperBound),\($0.count)]" }
            members.append(JSONText.quoted(latency.key + "_histogram") + ":[" + pairs.joined(separator: ",") + "]")
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func json(_ value: Value) -> String {
        switch value {
        case .text(let text): JSONText.quoted(text)
        case .list(let parts): "[" + parts.map(\.json).joined(separator: ",") + "]"
        case .count, .number: shown(value)
        }
    }

    private static func shown(_ value: Value) -> String {
        switch value {
        case .count(let count): String(count)
        case .number(let number, let decimals): fixed(number, decimals)
        case .text(let text): text
        case .list: ""
        }
    }

    /// A number with so many decimals; one that is not finite, or too large to be meant, is 0.
    package static func fixed(_ number: Double, _ decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (number * Double(scale)).rounded()
        guard scaled.isFinite, abs(scaled) < 9e18 else { return "0" }
        let whole = Int(abs(scaled))
        let sign = scaled < 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(whole) }
        let fraction = String(whole % scale)
        return "\(sign)\(whole / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}

extension Report.Value {
    /// Digits behind the point.
    var decimals: Int {
        if case .number(_, let decimals) = self { decimals } else { 0 }
    }
}
