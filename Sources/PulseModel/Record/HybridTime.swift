/// A moment of the hybrid logical clock: what each write is stamped with beside its version.
///
/// It follows the wall clock, and never stands still or runs back: stamps are unique, and ordered as versions are, over
/// all workers of a store. As a text it is what the HTTP API calls a version (`Protocol/offline-sync.yaml`).
public struct HybridTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01 UTC times ``ticksPerMillisecond``, and a counter within the millisecond: when that
    /// has run through, the next millisecond begins early.
    public let ticks: Int64

    public static let ticksPerMillisecond: Int64 = 10_000

    /// - Parameter ticks: what lies before 1970 counts as 1970, what lies behind the year 9999 as its end.
    public init(ticks: Int64) {
        self.ticks = min(max(0, ticks), Self.lastMillisecond * Self.ticksPerMillisecond + Self.ticksPerMillisecond - 1)
    }

    /// The first moment of the millisecond that a wall clock shows; 1970 for what lies before, 9999 for what lies behind.
    public init(_ timestamp: Timestamp) {
        let millisecond = min(max(0, timestamp.microseconds / 1_000), Self.lastMillisecond)
        self.init(ticks: millisecond * Self.ticksPerMillisecond)
    }

    /// Where every log begins: before the stamp of any write.
    public static let zero = HybridTime(ticks: 0)

    /// The next stamp where the clock stands still.
    public var next: HybridTime { HybridTime(ticks: ticks + 1) }

    /// When it is by the wall clock.
    public var timestamp: Timestamp { Timestamp(microseconds: ticks / Self.ticksPerMillisecond * 1_000) }

    public static func < (left: HybridTime, right: HybridTime) -> Bool { left.ticks < right.ticks }

    /// The end of the year 9999.
    private static let lastMillisecond: Int64 = 253_402_300_799_999
}

extension HybridTime: LosslessStringConvertible {
    /// `20260502T120000.000Z-0001`: UTC with milliseconds, and the counter. Texts sort as stamps do.
    public var description: String { String(decoding: utf8, as: UTF8.self) }

    /// The bytes of ``description``.
    public var utf8: [UInt8] {
        let (milliseconds, counter) = ticks.quotientAndRemainder(dividingBy: Self.ticksPerMillisecond)
        let (days, time) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let day = CivilDay(daysSince1970: days)
        var text: [UInt8] = []
        text.reserveCapacity(25)
        text.append(day.year, digits: 4)
        text.append(day.month, digits: 2)
        text.append(day.day, digits: 2)
        text.append(UInt8(ascii: "T"))
        text.append(time / 3_600_000, digits: 2)
        text.append(time / 60_000 % 60, digits: 2)
        text.append(time / 1_000 % 60, digits: 2)
        text.append(UInt8(ascii: "."))
        text.append(time % 1_000, digits: 3)
        text.append(contentsOf: [UInt8(ascii: "Z"), UInt8(ascii: "-")])
        text.append(counter, digits: 4)
        return text
    }

    /// Reads ``description``, and what others write: a fraction of one to six digits, of which three count; a counter of
    /// one to nine digits, which carries, but not past the year 9999; and behind another hyphen the name of a node, which does not count.
    ///
    /// - Returns: nil for anything else, days that there are not, and years before 1970.
    public init?(_ description: String) {
        let bytes = Array(description.utf8.prefix(128))
        guard bytes.count < 128, bytes.count >= 20, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: ".") else {
            return nil
        }
        guard let mark = bytes[16...].firstIndex(of: UInt8(ascii: "Z")), (17...22).contains(mark),
            mark + 1 < bytes.count, bytes[mark + 1] == UInt8(ascii: "-")
        else { return nil }
        let counterStart = mark + 2
        let counterEnd = bytes[counterStart...].firstIndex(of: UInt8(ascii: "-")) ?? bytes.count
        guard let year = bytes.number(0..<4), let month = bytes.number(4..<6), let day = bytes.number(6..<8),
            let hour = bytes.number(9..<11), let minute = bytes.number(11..<13), let second = bytes.number(13..<15),
            let fraction = bytes.number(16..<mark), (1...9).contains(counterEnd - counterStart),
            let counter = bytes.number(counterStart..<counterEnd), year >= 1970, hour < 24, minute < 60, second < 60,
            let civil = CivilDay(year: year, month: month, day: day)
        else { return nil }
        // In microseconds first, whatever the number of digits.
        let microseconds = (mark..<22).reduce(fraction) { value, _ in value * 10 }
        let seconds = (civil.daysSince1970 * 24 + hour) * 3_600 + minute * 60 + second
        self.init(ticks: (seconds * 1_000 + microseconds / 1_000) * Self.ticksPerMillisecond + counter)
    }
}

/// A day of the Gregorian calendar, by the arithmetic of eras of 400 years that begin in March.
private struct CivilDay {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    init?(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        // A day that its month does not have is one of the next.
        let same = CivilDay(daysSince1970: daysSince1970)
        guard same.month == month, same.day == day else { return nil }
    }

    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: Int64, digits: Int) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    fileprivate func number(_ range: Range<Int>) -> Int64? {
        var value: Int64 = 0
        for byte in self[range] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
}
