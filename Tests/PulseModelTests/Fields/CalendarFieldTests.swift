import PulseModel
import Testing

@Suite struct CalendarFieldTests {
    @Test(arguments: [
        "2026-02-28", "2024-02-29", "2000-02-29", "0004-02-29", "0001-01-01", "9999-12-31", "2026-04-30", "2026-12-31",
        "1582-10-10",
    ])
    func `A date is a day of the calendar`(day: String) throws {
        #expect(try stored(quoted(day), as: .date) == quoted(day))
    }

    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
        "0000-01-01", "10000-01-01", "-001-01-01", "2026-1-1", "26-01-01", "2026/01/01", "20260101", "2026-01-01 ",
        " 2026-01-01", "2026-01-01T00:00:00Z", "", "today", "2026-01-0\u{661}", "2026-W01-1", "2026-001",
    ])
    func `What is no day is refused`(day: String) throws {
        #expect(try stored(quoted(day), as: .date) == "refused: must be a date in the form 2026-02-28")
    }

    @Test(arguments: [
        ("2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z"), ("2026-02-28t12:00:00z", "2026-02-28T12:00:00Z"),
        ("2026-02-28 12:00:00", "2026-02-28T12:00:00Z"), ("2026-02-28T12:00:00", "2026-02-28T12:00:00Z"),
        ("2026-02-28T12:00Z", "2026-02-28T12:00:00Z"), ("2026-02-28T12:00", "2026-02-28T12:00:00Z"),
        ("2026-02-28T12:00:00.000Z", "2026-02-28T12:00:00Z"), ("2026-02-28T12:00:00.120Z", "2026-02-28T12:00:00.12Z"),
        ("2026-02-28T12:00:00,5Z", "2026-02-28T12:00:00.5Z"),
        ("2026-02-28T12:00:00.000000001Z", "2026-02-28T12:00:00.000000001Z"),
        ("2026-02-28T12:00:00.123456+00:00", "2026-02-28T12:00:00.123456Z"),
        ("2026-02-28T12:00:00-00:00", "2026-02-28T12:00:00Z"),
        ("2026-02-28T12:00:00+0530", "2026-02-28T06:30:00Z"), ("2026-02-28T12:00:00+05", "2026-02-28T07:00:00Z"),
        ("2026-02-28T23:59:59.999999999Z", "2026-02-28T23:59:59.999999999Z"),
    ])
    func `A moment is brought to UTC and its shortest form`(moment: String, expected: String) throws {
        #expect(try stored(quoted(moment), as: .dateTime) == quoted(expected))
        #expect(try stored(quoted(expected), as: .dateTime) == quoted(expected))
    }

    @Test(arguments: [
        ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"), ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"),
        ("2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"), ("2026-02-28T23:30:00-01:00", "2026-03-01T00:30:00Z"),
        ("2026-01-01T00:00:00+00:01", "2025-12-31T23:59:00Z"),
        ("2025-12-31T23:59:59.5-00:01", "2026-01-01T00:00:59.5Z"),
        ("2026-05-01T00:00:00+23:59", "2026-04-30T00:01:00Z"), ("2026-04-30T23:59:00-23:59", "2026-05-01T23:58:00Z"),
        ("0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00Z"), ("9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59Z"),
    ])
    func `An offset is applied over midnight, month and year`(moment: String, expected: String) throws {
        #expect(try stored(quoted(moment), as: .dateTime) == quoted(expected))
    }

    @Test(arguments: [
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01", "0000-12-31T23:59:00-00:01", "2026-02-28", "12:00:00",
        "2026-02-28T24:00:00Z", "2026-02-28T12:60:00Z", "2026-02-28T12:00:60Z", "2026-02-28T12Z",
        "2026-02-28T12:00:00.Z",
        "2026-02-28T12:00:00.1234567890Z", "2026-02-28T12:00:00+24:00", "2026-02-28T12:00:00+01:60",
        "2026-02-28T12:00:00+1:00", "2026-02-28T12:00:00+01:", "2026-02-28T12:00:00+", "2026-02-28T12:00:00Z ",
        "2026-02-28T12:00:00ZZ", "2026-02-28T12:00:00 Z", "2026-02-29T12:00:00Z", "2026-02-28T1:00:00Z",
        "2026-02-28T12:00:00 Europe/Berlin", "1772280000", "", "2026-02-28T12:00:00\u{2212}01:00",
        "2026-02-28T12:00:00+01:00:00", "2026-02-28__12:00:00", "+002026-02-28T12:00:00Z",
    ])
    func `What is no moment of the years 1 to 9999 is refused`(moment: String) throws {
        #expect(
            try stored(quoted(moment), as: .dateTime)
                == "refused: must be a date and time in the form 2026-02-28T12:00:00Z")
    }

    @Test func `Each day from 1996 to 2005 is followed by the next`() throws {
        let lengths = { (year: Int) in
            [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        }
        let padded = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
        var days: [String] = []
        for year in 1996...2005 {
            for (month, length) in lengths(year).enumerated() {
                for day in 1...length { days.append("\(year)-\(padded(month + 1))-\(padded(day))") }
                #expect(
                    try stored(quoted("\(year)-\(padded(month + 1))-\(length + 1)"), as: .date).hasPrefix("refused"))
            }
        }
        for (day, next) in zip(days, days.dropFirst()) {
            #expect(try stored(quoted("\(day)T23:30:00-01:00"), as: .dateTime) == quoted("\(next)T00:30:00Z"))
            #expect(try stored(quoted("\(next)T00:30:00+01:00"), as: .dateTime) == quoted("\(day)T23:30:00Z"))
        }
    }

    @Test(arguments: [("0", "a number"), ("true", "a boolean"), ("[]", "an array")])
    func `What is no string is neither`(value: String, kind: String) throws {
        #expect(try stored(value, as: .date) == "refused: must be a date as a string, is \(kind)")
        #expect(try stored(value, as: .dateTime) == "refused: must be a date and time as a string, is \(kind)")
    }
}
