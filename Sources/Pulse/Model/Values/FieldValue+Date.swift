import PulseModel

/// A `dateTime`, in the years 1 to 9999.
extension Date: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .dateTime)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .string(let text) = json, let value = Date(utcText: text) else {
            throw json.mismatch("a date and time in the form 2026-02-28T12:00:00Z")
        }
        self = value
    }

    public func fieldJSON() throws(FieldError) -> JSONValue {
        guard let text = utcText else {
            // Foundation's own description traps where a date is far enough away.
            throw FieldError("must be in the years 1 to 9999, is \(timeIntervalSince1970) seconds from 1970")
        }
        return .string(text)
    }
}

extension Date {
    private static let secondsFrom1970To2001 = 978_307_200

    /// The end of the year 9999. A later fraction of its last second would be rounded up to the year 10000.
    private static let last = Date(
        timeIntervalSinceReferenceDate: Double(253_402_300_800 - secondsFrom1970To2001).nextDown)

    /// A moment so many units of 10^-places seconds after a second, which is counted from 1970.
    private init(second: Int, units: Int, places: Int) {
        let fraction = Double(units) / Double(Self.powerOfTen(places))
        self.init(timeIntervalSinceReferenceDate: Double(second - Self.secondsFrom1970To2001) + fraction)
    }

    private static func powerOfTen(_ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// `2026-02-28T12:00:00.25Z`: with the fewest digits behind the point that mean this date, nine at most.
    ///
    /// Nine are enough for every date but those within a few months of 2001-01-01, where a `Date` has room for more.
    fileprivate var utcText: String? {
        let interval = timeIntervalSinceReferenceDate
        guard abs(interval) < 1e12 else { return nil }
        let second = Int(interval.rounded(.down)) + Self.secondsFrom1970To2001
        let fraction = interval - interval.rounded(.down)
        for places in 0...9 {
            let power = Self.powerOfTen(places)
            let units = Int((fraction * Double(power)).rounded())
            let isExact = Date(second: second, units: units, places: places) == self
            guard isExact || places == 9 else { continue }
            // Rounding may have led to the next second.
            return Self.text(second: second + units / power, units: units % power, places: places)
        }
        return nil
    }

    private static func text(second: Int, units: Int, places: Int) -> String? {
        let secondOfDay = (second % 86400 + 86400) % 86400
        guard let day = CalendarDate(daysSince1970: (second - secondOfDay) / 86400) else { return nil }
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { $0.padded(to: 2) }
        return "\(day)T\(time.joined(separator: ":"))\(units == 0 ? "" : "." + units.padded(to: places))Z"
    }

    /// Reads the one form that moments are stored in.
    fileprivate init?(utcText text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T"),
            let day = CalendarDate(String(decoding: bytes[..<10], as: UTF8.self))
        else { return nil }
        let parts = bytes[11..<19].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2, 2], let hour = Int(digits: parts[0]), let minute = Int(digits: parts[1]),
            let second = Int(digits: parts[2]), hour < 24, minute < 60, second < 60
        else { return nil }
        let fraction = bytes[19...].dropLast()
        var units = 0
        if !fraction.isEmpty {
            guard fraction.first == UInt8(ascii: "."), (2...10).contains(fraction.count),
                let digits = Int(digits: fraction.dropFirst())
            else { return nil }
            units = digits
        }
        let date = Date(
            second: day.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second, units: units,
            places: max(0, fraction.count - 1))
        self = min(date, Self.last)
    }
}
