import Pulse
import Testing

@Suite struct CalendarDateTests {
    @Test(arguments: ["0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "1970-01-01", "2026-12-31"])
    func `A day comes back`(_ text: String) throws {
        let day = try #require(CalendarDate(text))
        #expect(day.description == text)
        #expect(try stored(day) == day)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-01-00", "0000-01-01", "10000-01-01",
        "2026-1-1", "2026-01-01T00:00:00Z", "+026-01-01", "2026-01", "", "2026‑01‑01", "2026-01-01 ",
    ])
    func `What is no day in this form is none`(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func `Days are counted without a gap from the year 1 to 9999`() throws {
        var expected = try #require(CalendarDate(year: 1, month: 1, day: 1))
        var count = expected.daysSince1970
        while let day = CalendarDate(daysSince1970: count) {
            guard day == expected, day.daysSince1970 == count else {
                Issue.record("Day \(count) is \(day), not \(expected)")
                return
            }
            count += 1
            expected =
                CalendarDate(year: day.year, month: day.month, day: day.day + 1)
                ?? CalendarDate(year: day.year, month: day.month + 1, day: 1)
                ?? CalendarDate(year: day.year + 1, month: 1, day: 1) ?? expected
        }
        #expect(expected == CalendarDate("9999-12-31"))
        #expect(CalendarDate("1970-01-01")?.daysSince1970 == 0)
    }

    @Test func `Days are in order`() throws {
        let days = try ["0999-12-31", "2026-02-28", "2026-03-01", "2026-11-02", "2027-01-01"].map {
            try #require(CalendarDate($0))
        }
        #expect(days.shuffled().sorted() == days)
    }
}
