import PulseHTTPSync
import PulseServer
import Testing

@Suite("Queries of pulls and full resyncs")
struct SyncQueryTests {
    @Test(
        "a limit is a number from 1 to 1000",
        arguments: [
            ("", 500, nil), ("limit=1", 1, nil), ("limit=1000", 1_000, nil), ("limit=0", 0, "greater_than_equal"),
            ("limit=-1", -1, "greater_than_equal"), ("limit=1001", 1_001, "less_than_equal"),
            ("limit=many", 500, "int_parsing"), ("limit=1e3", 500, "int_parsing"),
            ("limit=9223372036854775808", 500, "int_parsing"),
        ] as [(String, Int, String?)])
    func limit(query: String, number: Int, fault: String?) throws {
        var query = SyncQuery(try #require(QueryParameters(query)))
        #expect(query.limit(default: 500) == number)
        #expect(query.faults.map(\.type) == [fault].compactMap(\.self))
    }

    @Test(
        "a stamp must be there, and be one",
        arguments: [
            ("", "missing"), ("since=", "value_error"), ("since=0", "value_error"),
            ("since=20260230T000000.000Z-0001", "value_error"),
        ])
    func stamp(query: String, fault: String) throws {
        var query = SyncQuery(try #require(QueryParameters(query)))
        #expect(query.stamp("since") == nil)
        #expect(query.faults.map(\.type) == [fault])
    }

    @Test("names are parted by commas, and space around them does not count")
    func names() {
        #expect(SyncQuery.names(in: nil) == [])
        #expect(SyncQuery.names(in: " a, b ,,c") == ["a", "b", "c"])
    }
}
