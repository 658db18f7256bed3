import PulseCommand
import PulseEngine
import PulseModel
import Testing

@Suite("The report of store purge")
struct PurgeReportTests {
    @Test("it has a line for each model that does not keep tombstones for ever, and one for all")
    func text() throws {
        let stock = try #require(ModelName("stock"))
        let schema = try Schema([
            Model(collection: stock, audience: .user),
            Model(collection: try #require(ModelName("rates")), audience: .global, synchronization: .init()),
        ])
        var report = PurgeReport(Retention(of: schema), isTrial: false)
        report.add(500, of: stock)
        report.add(1, of: stock)
        #expect(report.text == "stock: 501 records from more than 30 days ago purged\n501 records purged\n")
        var trial = PurgeReport(Retention(of: schema, days: 1), isTrial: true)
        trial.add(1, of: stock)
        #expect(
            trial.text == "stock: 1 record from more than 1 day ago would be purged\n1 record would be purged\n")
    }
}
