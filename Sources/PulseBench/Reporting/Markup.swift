/// Text in HTML and SVG.
enum Markup {
    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}

/// The frame of a chart: its title, and a plane between two axes.
struct Plane {
    private static let (width, height) = (640.0, 300.0)
    private static let (left, right, top, bottom) = (64.0, 16.0, 12.0, 46.0)

    let title: String
    /// Ticks of the horizontal axis: where, from 0 to 1, and what is written there.
    var xTicks: [(at: Double, text: String)]
    let xLabel: String
    let y: Axis
    let yLabel: String
    /// What is drawn in the plane.
    var content = ""

    /// Where a point is drawn; `x` from 0 to 1, `y` in the axis' unit.
    func place(_ x: Double, _ value: Double) -> (x: Double, y: Double) {
        (
            Self.left + x * (Self.width - Self.left - Self.right),
            Self.height - Self.bottom - value / y.end * (Self.height - Self.top - Self.bottom)
        )
    }

    static func number(_ value: Double) -> String { Report.fixed(value, 1) }

    var svg: String {
        let title = Markup.escaped(title)
        var lines = [
            """
            <figure><figcaption>\(title)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(title)">
            """
        ]
        for tick in y.ticks {
            let (start, end) = (place(0, tick), place(1, tick))
            let height = Self.number(start.y)
            lines.append(
                """
                <path class="grid" d="M\(Self.number(start.x)) \(height)H\(Self.number(end.x))"/>\
                <text class="y" x="\(Self.number(start.x - 6))" y="\(Self.number(start.y + 4))">\(Axis.text(tick))</text>
                """)
        }
        let foot = place(0, 0).y
        for tick in xTicks {
            let x = Self.number(place(tick.at, 0).x)
            let text = Markup.escaped(tick.text)
            lines.append(#"<text class="x" x="\#(x)" y="\#(Self.number(foot + 16))">\#(text)</text>"#)
        }
        let middle = place(0.5, y.end / 2)
        lines.append(content)
        lines.append(
            """
            <text class="x label" x="\(Self.number(middle.x))" y="\(Int(Self.height) - 8)">\(Markup.escaped(xLabel))</text>
            <text class="x label" transform="translate(14 \(Self.number(middle.y))) rotate(-90)">\
            \(Markup.escaped(yLabel))</text>
            </svg></figure>
            """)
        return lines.joined(separator: "\n")
    }
}
