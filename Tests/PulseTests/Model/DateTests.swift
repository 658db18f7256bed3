import Foundation
import Pulse
import PulseTesting
import Testing

@Suite struct DateTests {
    @Test func `A date comes back, and takes the fewest digits that mean it`() throws {
        let texts = [
            0: "1970-01-01T00:00:00Z", -1: "1969-12-31T23:59:59Z", -62_135_596_800: "0001-01-01T00:00:00Z",
            253_402_300_799: "9999-12-31T23:59:59Z", 951_782_400: "2000-02-29T00:00:00Z",
            1_763_745_600.5: "2025-11-21T17:20:00.5Z", 1_763_745_600.25: "2025-11-21T17:20:00.25Z",
            -0.125: "1969-12-31T23:59:59.875Z",
        ]
        for (interval, text) in texts {
            let date = Date(timeIntervalSince1970: interval)
            #expect(try date.fieldJSON() == .string(text))
            #expect(try stored(date) == date)
        }
    }

    @Test func `Dates to the millisecond, microsecond and beyond come back exactly`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let second = Double(Int.random(in: -62_000_000_000...250_000_000_000, using: &generator))
            for power in [1e3, 1e6, 1e9] {
                let units = Double(Int.random(in: 0..<Int(power), using: &generator))
                let date = Date(timeIntervalSinceReferenceDate: second + units / power)
                #expect(try stored(date) == date)
            }
            let recent = Date(timeIntervalSinceReferenceDate: Double.random(in: 5e8...2e9, using: &generator))
            #expect(try stored(recent) == recent)
        }
    }

    @Test func `A text of microseconds comes back as it was`() throws {
        for microseconds in stride(from: 1, to: 1_000_000, by: 997) {
            let digits = String(1_000_000 + microseconds).dropFirst()
            guard digits.last != "0" else { continue }
            let text = JSONValue.string("2025-11-21T17:20:00.\(digits)Z")
            #expect(try Date(fieldJSON: text).fieldJSON() == text)
        }
    }

    @Test func `Nine digits are all there are, close to 2001`() throws {
        let date = Date(timeIntervalSinceReferenceDate: -1e-12)
        #expect(try date.fieldJSON() == .string("2001-01-01T00:00:00Z"))
        let fine = Date(timeIntervalSinceReferenceDate: 0.123_456_789_123)
        #expect(try fine.fieldJSON() == .string("2001-01-01T00:00:00.123456789Z"))
    }

    @Test(arguments: [-62_135_596_801, 253_402_300_800, 1e300, -.infinity, .nan])
    func `A date outside the years 1 to 9999 has no form`(_ interval: Double) {
        #expect(throws: FieldError.self) { try Date(timeIntervalSince1970: interval).fieldJSON() }
    }

    @Test(arguments: [
        "2026-02-28", "2026-02-28T12:00:00", "2026-02-28T24:00:00Z", "2026-02-28T12:60:00Z", "2026-02-28T12:00:00.Z",
        "2026-02-28T12:00:00.1234567890Z", "2026-02-28t12:00:00Z", "2026-02-30T12:00:00Z", "2026-02-28T1:00:00.0Z", "Z",
    ])
    func `Text in no form that is stored is no date`(_ text: String) {
        #expect(throws: FieldError.self) { try Date(fieldJSON: .string(text)) }
    }
}
