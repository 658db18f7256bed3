import PulseModel

/// A moment as BSON's dates have it: milliseconds since 1970-01-01 UTC, in the proleptic Gregorian calendar.
struct Moment {
    let milliseconds: Int64

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The moment's millisecond, or the nearest one in the years 1 to 9999, which is what most drivers' dates hold.
    init(_ timestamp: Timestamp) {
        let days = Self.firstDay...Self.lastDay
        let millisecond = Self.divide(timestamp.microseconds, by: 1_000).quotient
        milliseconds = min(max(millisecond, days.lowerBound * 86_400_000), (days.upperBound + 1) * 86_400_000 - 1)
    }

    /// Reads the one form in which moments are stored as text, `2026-02-28T12:00:00.5Z`.
    ///
    /// - Parameter isExact: set to false where the text has more than milliseconds, which are cut off.
    init?(_ text: some Collection<UInt8>, isExact: inout Bool) {
        let digits = Array(text)
        guard digits.count >= 20, digits.last == UInt8(ascii: "Z"), digits[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for digit in digits[range] {
                guard (0x30...0x39).contains(digit) else { return nil }
                value = value * 10 + Int64(digit - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var fraction: Int64 = 0
        if digits.count > 20 {
            let places = 20..<min(23, digits.count - 1)
            guard let value = number(places) else { return nil }
            fraction = value * [1_000, 100, 10, 1][places.count]
            if digits.count > 24 { isExact = false }
        }
        let days = Self.days(year: year, month: month, day: day)
        milliseconds = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + fraction
    }

    /// The form that ``init(_:isExact:)`` reads; nil outside of the years 1 to 9999, which no field holds.
    var text: String? {
        let (days, time) = Self.divide(milliseconds, by: 86_400_000)
        guard let (year, month, day) = Self.date(days) else { return nil }
        let seconds = time / 1_000
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
        text +=
            "\(Self.padded(seconds / 3_600, 2)):\(Self.padded(seconds / 60 % 60, 2)):\(Self.padded(seconds % 60, 2))"
        if time % 1_000 != 0 {
            var fraction = Self.padded(time % 1_000, 3)
            while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
            text += "." + fraction
        }
        return text + "Z"
    }

    // Years are counted from March, so that the leap day is a year's last, in eras of 400 years.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = divide(month > 2 ? year : year - 1, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 0001-01-01 and 9999-12-31.
    private static let firstDay: Int64 = -719_162
    private static let lastDay: Int64 = 2_932_896

    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64)? {
        guard (firstDay...lastDay).contains(days) else { return nil }
        let (era, dayOfEra) = divide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Rounds towards the past, so that the remainder is never negative.
    private static func divide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
