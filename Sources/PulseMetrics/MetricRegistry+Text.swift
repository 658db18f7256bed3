extension MetricRegistry {
    /// The content type of ``text``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics in Prometheus' text format, version 0.0.4.
    public var text: String {
        var text = ""
        for family in all {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for series in family.series {
                switch series.read() {
                case .value(let value):
                    text += "\(family.name)\(Self.labels(series.labels)) \(Self.number(value))\n"
                case .histogram(let reading):
                    text += Self.lines(of: reading, family.name, series.labels)
                }
            }
        }
        return text
    }

    private static func lines(
        of reading: Histogram.Reading, _ name: String, _ labels: [(name: String, value: String)]
    ) -> String {
        var text = ""
        var count = 0
        for (bound, inside) in zip(reading.bounds.map(number) + ["+Inf"], reading.counts) {
            count += inside
            text += "\(name)_bucket\(Self.labels(labels + [("le", bound)])) \(count)\n"
        }
        return text + "\(name)_sum\(Self.labels(labels)) \(number(reading.sum))\n"
            + "\(name)_count\(Self.labels(labels)) \(count)\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
