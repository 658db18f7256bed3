/// Dates and times as ISO 8601 text, brought to one form each.
enum CalendarText {
    /// `2026-02-28`, if it is a day of the Gregorian calendar in the years 1 to 9999.
    static func date(_ text: String) -> String? {
        var reader = DigitReader(text)
        guard let day = reader.date(), reader.isAtEnd else { return nil }
        return day.text
    }

    /// `2026-02-28T12:00:00Z`: in UTC, without a fraction's trailing zeros. An offset is applied; a time without one
    /// is taken as UTC.
    static func dateTime(_ text: String) -> String? {
        var reader = DigitReader(text)
        guard var day = reader.date(), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(2), hour < 24, reader.skip(":"), let minute = reader.number(2), minute < 60
        else { return nil }
        var second = 0
        var fraction = ""
        if reader.skip(":") {
            guard let seconds = reader.number(2), seconds < 60 else { return nil }
            second = seconds
            if reader.skip(".") || reader.skip(",") {
                guard let digits = reader.digits(atMost: 9) else { return nil }
                fraction = digits
            }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        var minutes = hour * 60 + minute - offset
        if minutes < 0 {
            minutes += 24 * 60
            guard let previous = day.previous else { return nil }
            day = previous
        } else if minutes >= 24 * 60 {
            minutes -= 24 * 60
            guard let next = day.next else { return nil }
            day = next
        }
        while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
        let time = "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2)):\(padded(second, 2))"
        return "\(day.text)T\(time)\(fraction.isEmpty ? "" : "." + fraction)Z"
    }
}

/// A day of the proleptic Gregorian calendar, years 1 to 9999.
private struct CalendarDay {
    let year: Int
    let month: Int
    let day: Int

    init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    var next: CalendarDay? {
        CalendarDay(year: year, month: month, day: day + 1)
            ?? CalendarDay(year: year, month: month + 1, day: 1)
            ?? CalendarDay(year: year + 1, month: 1, day: 1)
    }

    var previous: CalendarDay? {
        if day > 1 { return CalendarDay(year: year, month: month, day: day - 1) }
        if month > 1 { return CalendarDay(year: year, month: month - 1, day: Self.days(in: month - 1, of: year)) }
        return CalendarDay(year: year - 1, month: 12, day: 31)
    }

    var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// Reads fixed-width digits and separators from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: separator) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
            rest.removeFirst()
        }
        return value
    }

    mutating func digits(atMost count: Int) -> String? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...count).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        return String(digits)
    }

    mutating func date() -> CalendarDay? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// The offset from UTC in minutes; none is zero.
    mutating func offset() -> Int? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 60 }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
