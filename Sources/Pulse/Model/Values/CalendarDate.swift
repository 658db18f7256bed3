import PulseModel

/// A day of the Gregorian calendar, in the years 1 to 9999, without a time and a time zone.
public struct CalendarDate: Sendable, Hashable {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// - Returns: nil where the calendar has no such day, as the 29th of February in most years.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.dayCount(ofMonth: month, year: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    private static func dayCount(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDate: Comparable {
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CalendarDate: LosslessStringConvertible {
    /// ISO 8601: `2026-02-28`.
    public var description: String {
        "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }

    /// Reads the form of ``description``, and no other.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int(digits: parts[0]), let month = Int(digits: parts[1]),
            let day = Int(digits: parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

/// A `date`.
extension CalendarDate: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .date)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .string(let text) = json, let value = CalendarDate(text) else {
            throw json.mismatch("a date in the form 2026-02-28")
        }
        self = value
    }

    public func fieldJSON() -> JSONValue { .string(description) }
}

extension CalendarDate {
    /// Days since 1970-01-01; negative before.
    public var daysSince1970: Int {
        // Years that begin in March have their leap day at the end.
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }

    /// The day so many days after 1970-01-01.
    ///
    /// - Returns: nil outside the years 1 to 9999.
    public init?(daysSince1970 days: Int) {
        guard (-719_162...2_932_896).contains(days) else { return nil }
        let count = days + 719_468
        let century = (4 * count + 3) / 146_097
        let dayOfCentury = count - 146_097 * century / 4
        let yearOfCentury = (4 * dayOfCentury + 3) / 1461
        let dayOfYear = dayOfCentury - 1461 * yearOfCentury / 4
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: 100 * century + yearOfCentury + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Int {
    /// ASCII digits only, where `Int.init` takes a sign too.
    init?(digits: some Collection<UInt8>) {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        self = value
    }

    /// The digits of a number that is not negative, with zeros in front.
    func padded(to width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.utf8.count)) + text
    }
}
