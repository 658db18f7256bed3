/// When a phone is connected, in seconds.
enum Habit: Sendable {
    case steady
    /// Loses its connection all the time.
    case flapping
    /// Away for seconds, and changes records meanwhile.
    case commuter
    /// Connected, and does not read for seconds.
    case slowReader
    /// Spells of use, a commute in the morning and in the evening, the night.
    case day(seconds: Double)

    /// A fleet is a mixture of all.
    init(of phone: Int, day: Double?) {
        if let day {
            self = .day(seconds: day)
        } else {
            switch phone % 10 {
            case 0, 1: self = .flapping
            case 2, 3: self = .commuter
            case 4: self = .slowReader
            default: self = .steady
            }
        }
    }

    /// How long it stays connected; nil where that has no end.
    func online(at time: Double, _ numbers: inout SeededNumbers) -> Double? {
        switch self {
        case .steady, .slowReader: nil
        case .flapping: numbers.pick(0.2...4)
        case .commuter: numbers.pick(2...10)
        case .day(let seconds): numbers.pick(2...25) * seconds / 1440
        }
    }

    /// How long it is away.
    func away(at time: Double, _ numbers: inout SeededNumbers) -> Double {
        switch self {
        case .steady, .slowReader, .flapping: numbers.pick(0.05...0.3)
        case .commuter: numbers.pick(1...5)
        case .day(let seconds): Self.minutesAway(at: time, seconds, &numbers) * seconds / 1440
        }
    }

    /// It always reads what it is sent: then how long that took was not up to the phone.
    var isAttentive: Bool {
        if case .slowReader = self { false } else { true }
    }

    /// Seconds that it does not read, and the pause before that; nil for one that always reads.
    func dozing(_ numbers: inout SeededNumbers) -> (after: Double, seconds: Double)? {
        guard case .slowReader = self else { return nil }
        return (numbers.pick(0.5...3), numbers.pick(0.5...3))
    }

    /// How busy a phone is, as a share of its busiest time.
    func activity(at time: Double) -> Double {
        guard case .day(let seconds) = self else { return 1 }
        switch Self.hour(at: time, seconds) {
        case 0..<6: return 0.1
        case 6..<9, 17..<22: return 1
        default: return 0.6
        }
    }

    /// A run begins at six in the morning.
    private static func hour(at time: Double, _ seconds: Double) -> Double {
        (6 + time / seconds * 24).truncatingRemainder(dividingBy: 24)
    }

    private static func minutesAway(at time: Double, _ seconds: Double, _ numbers: inout SeededNumbers) -> Double {
        switch hour(at: time, seconds) {
        case 0..<6, 23..<24: numbers.pick(30...180)
        case 7.5..<9, 17..<18.5: numbers.pick(20...60)
        default: numbers.pick(2...30)
        }
    }
}
