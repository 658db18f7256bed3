import Synchronization

/// The metrics of a process, in the order in which they were made, as Prometheus reads them.
///
/// Each part of the program makes its own metrics here, once, and keeps them: to count is then one atomic addition.
public final class MetricRegistry: Sendable {
    private let families = Mutex<[Family]>([])

    public init() {}

    /// A name with all its series.
    struct Family: Sendable {
        let name: String
        let help: String
        let kind: Kind
        var series: [Series]
    }

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    struct Series: Sendable {
        let labels: [(name: String, value: String)]
        let read: @Sendable () -> Reading
    }

    enum Reading: Sendable {
        case value(Double)
        case histogram(Histogram.Reading)
    }

    /// Makes a counter.
    ///
    /// - Parameters:
    ///   - name: by Prometheus' conventions: `pulse_uploads_total`, a base unit before `_total`.
    ///   - help: one sentence.
    ///   - labels: of this series. Their values are few and never a client's.
    public func counter(_ name: String, _ help: String, labels: [(String, String)] = []) -> Counter {
        let counter = Counter()
        add(name, help, .counter, labels) { .value(Double(counter.value)) }
        return counter
    }

    /// Makes a value that goes up and down.
    public func gauge(_ name: String, _ help: String, labels: [(String, String)] = []) -> Gauge {
        let gauge = Gauge()
        add(name, help, .gauge, labels) { .value(Double(gauge.value)) }
        return gauge
    }

    /// Makes a distribution.
    ///
    /// - Parameter bounds: the upper ends of its buckets, ascending; one without end is added.
    public func histogram(
        _ name: String, _ help: String, bounds: [Double], labels: [(String, String)] = []
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        add(name, help, .histogram, labels) { .histogram(histogram.reading) }
        return histogram
    }

    /// Makes a value that is asked for whenever the metrics are read.
    public func gauge(
        _ name: String, _ help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Double
    ) {
        add(name, help, .gauge, labels) { .value(read()) }
    }

    /// Makes a count that something else keeps, asked for whenever the metrics are read.
    public func counter(
        _ name: String, _ help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Double
    ) {
        add(name, help, .counter, labels) { .value(read()) }
    }

    private func add(
        _ name: String, _ help: String, _ kind: Kind, _ labels: [(String, String)],
        _ read: @escaping @Sendable () -> Reading
    ) {
        let series = Series(labels: labels.map { (name: $0.0, value: $0.1) }, read: read)
        families.withLock { families in
            if let index = families.firstIndex(where: { $0.name == name }) {
                precondition(families[index].kind == kind, "the metric \(name) is two kinds of metric")
                families[index].series.append(series)
            } else {
                families.append(Family(name: name, help: help, kind: kind, series: [series]))
            }
        }
    }

    /// What has been made so far.
    var all: [Family] { families.withLock { $0 } }
}
