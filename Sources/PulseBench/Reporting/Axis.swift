/// The ticks of a linear axis that begins at zero.
package struct Axis: Equatable, Sendable {
    package var step: Double
    package var end: Double

    /// About five steps of 1, 2 or 5 times a power of ten, which reach `maximum`.
    package init(upTo maximum: Double) {
        guard maximum.isFinite, maximum > 0 else {
            step = 1
            end = 1
            return
        }
        var power = 1.0
        while power * 10 <= maximum / 5 { power *= 10 }
        while power > maximum / 5 { power /= 10 }
        step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 * 5 >= maximum } ?? power * 10
        end = (maximum / step).rounded(.up) * step
    }

    package var ticks: [Double] { (0...Int((end / step).rounded())).map { Double($0) * step } }

    /// A tick's value, short: 1,500 is "1.5k".
    package static func text(_ value: Double) -> String {
        let (scaled, unit) =
            switch abs(value) {
            case 1e9...: (value / 1e9, "G")
            case 1e6...: (value / 1e6, "M")
            case 1e4...: (value / 1e3, "k")
            default: (value, "")
            }
        var text = Report.fixed(scaled, 3)
        while text.hasSuffix("0") { text.removeLast() }
        return (text.hasSuffix(".") ? String(text.dropLast()) : text) + unit
    }
}
