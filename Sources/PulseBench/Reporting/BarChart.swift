/// A bar for each round of each side.
struct BarChart {
    let label: String
    /// Of each side, the values of its rounds.
    let values: [[Double]]

    init(_ figure: Findings.Figure, of findings: Findings) {
        label = figure.label
        values = findings.sides.map { side in side.rounds.map { $0.report[figure.key] ?? 0 } }
    }

    var svg: String {
        let rounds = values.map(\.count).max() ?? 0
        let slot = 1 / Double(max(1, rounds))
        let bar = slot * 0.7 / Double(max(1, values.count))
        var plane = Plane(
            title: "\(label), by round",
            xTicks: (0..<rounds).map { ((Double($0) + 0.5) * slot, String($0 + 1)) }, xLabel: "round",
            y: Axis(upTo: values.joined().max() ?? 0), yLabel: label)
        var bars: [String] = []
        for (side, values) in values.enumerated() {
            for (round, value) in values.enumerated() {
                let x = (Double(round) + 0.15) * slot + Double(side) * bar
                let (start, end) = (plane.place(x, value), plane.place(x + bar, 0))
                bars.append(
                    """
                    <rect class="side\(side)" x="\(Plane.number(start.x))" y="\(Plane.number(start.y))" \
                    width="\(Plane.number(max(1, end.x - start.x - 1)))" height="\(Plane.number(end.y - start.y))">\
                    <title>\(Axis.text(value))</title></rect>
                    """)
            }
        }
        plane.content = bars.joined(separator: "\n")
        return plane.svg
    }
}
