import GRDB
import PulseEngine
import PulseModel
import PulseSQLite
import Testing

@Suite struct SQLitePlanTests {
    private func plan(of reach: LogQuery.Reach) throws -> [String] {
        let directory = try Directory()
        _ = try directory.store()
        return try directory.connection().inDatabase { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + SQLiteStore.sql(for: reach))
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }

    @Test func `The whole log is read as a range of the table`() throws {
        #expect(
            try plan(of: .everything(after: .zero)) == ["SEARCH record USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
        )
    }

    @Test(arguments: [1, 2, 3, 60])
    func `Lanes are read as ranges of the index and merged without sorting`(count: Int) throws {
        let lanes = (0..<count).map {
            LogQuery.Lane(model: ModelName("task")!, scope: .user(UserID("\($0)")!), after: .zero)
        }
        let plan = try plan(of: .lanes(lanes))
        let searches = plan.filter {
            $0.hasPrefix("SEARCH record USING INDEX record_lane (model=? AND scope=? AND version>? AND version<?)")
        }
        #expect(searches.count == count, "\(plan)")
        #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
    }
}
