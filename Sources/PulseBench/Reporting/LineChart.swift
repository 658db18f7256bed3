/// Lines over a horizontal axis, in a colour for each side.
struct LineChart {
    struct Line {
        /// 0 is our server, 1 the peer.
        var side: Int
        var points: [(x: Double, y: Double)]
    }

    let title: String
    let xLabel: String
    let yLabel: String
    let lines: [Line]
    /// Ticks in the unit of `x`; without them the axis is linear.
    var xTicks: [(at: Double, text: String)]?

    var svg: String {
        let points = lines.flatMap(\.points)
        let axis = Axis(upTo: points.map(\.x).max() ?? 0)
        let end = xTicks == nil ? axis.end : max(points.map(\.x).max() ?? 1, xTicks?.last?.at ?? 1)
        let ticks = xTicks ?? axis.ticks.map { ($0, Axis.text($0)) }
        var plane = Plane(
            title: title, xTicks: ticks.map { ($0.at / end, $0.text) }, xLabel: xLabel,
            y: Axis(upTo: points.map(\.y).max() ?? 0), yLabel: yLabel)
        plane.content = lines.filter { !$0.points.isEmpty }.map { line in
            let path = line.points.map { point in
                let place = plane.place(point.x / end, point.y)
                return "\(Plane.number(place.x)) \(Plane.number(place.y))"
            }
            return #"<path class="line side\#(line.side)" d="M\#(path.joined(separator: "L"))"/>"#
        }.joined(separator: "\n")
        return plane.svg
    }
}
