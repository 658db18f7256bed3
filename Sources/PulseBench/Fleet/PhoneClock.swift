/// What a phone believes the time to be: most are right, some are off by years.
enum PhoneClock {
    static func text(_ numbers: inout SeededNumbers) -> String {
        guard numbers.chance(0.3) else { return "2026-01-01T12:00:00Z" }
        return ["1970-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z"]
            .randomElement(using: &numbers)!
    }
}
