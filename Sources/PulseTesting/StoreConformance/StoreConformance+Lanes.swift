import PulseEngine
import PulseModel

extension StoreConformance {
    static let laneCases = [
        Case("Each lane begins behind its own version, and all come merged in version order") { store in
            let scopes = [user("1"), user("2"), user("3")]
            let records = try await store.write((0..<30).map { Draft($0, in: scopes[$0 % 3]) })
            let lanes = zip(scopes, [0, 10, 25] as [Int64]).map {
                LogQuery.Lane(model: task, scope: $0, after: Version($1))
            }
            let reach = LogQuery.Reach.lanes(lanes)
            for maximumRecords in [1, 3, 100] {
                let found = try await store.walk(reach, upTo: Version(28), maximumRecords: maximumRecords)
                try expect(found, are: records.filter { $0.version <= Version(28) && reach.contains($0) }, "the lanes")
            }
            let reversed = try await store.walk(.lanes(lanes.reversed()), upTo: Version(30))
            try expect(reversed, are: records.filter { reach.contains($0) }, "the lanes in another order")
        },
        Case("Sixty lanes are read as one") { store in
            let models = [task, note, setting]
            let scopes = (0..<20).map { user("\($0)") }
            let records = try await store.write(
                (0..<600).map { Draft(models[$0 % 3], $0, in: scopes[($0 / 3 * 7) % 20], title: "\($0)") })
            let lanes = models.flatMap { model in
                scopes.enumerated().map { LogQuery.Lane(model: model, scope: $1, after: Version(Int64($0 * 10))) }
            }
            for count in [1, 2, 3, 30, 59, 60] {
                let reach = LogQuery.Reach.lanes(Array(lanes.prefix(count)))
                let expected = records.filter { reach.contains($0) }
                try expect(try await store.walk(reach, upTo: Version(600)), are: expected, "\(count) lanes")
                let byPages = try await store.walk(reach, upTo: Version(600), maximumRecords: 37)
                try expect(byPages, are: expected, "\(count) lanes in pages")
            }
        },
        Case("Two thousand lanes are read as one too") { store in
            let scopes = (0..<2_000).map { user("\($0)") }
            let records = try await store.write(
                (0..<400).map { Draft($0, in: scopes[$0 * 37 % 2_000], title: "\($0)") })
            for count in [249, 250, 251, 500, 501, 2_000] {
                let lanes = scopes.prefix(count).map { LogQuery.Lane(model: task, scope: $0, after: Version(9)) }
                let reach = LogQuery.Reach.lanes(lanes)
                let expected = records.filter { reach.contains($0) }
                for (maximumRecords, maximumBytes) in [(1_000, 1 << 20), (50, 1 << 20), (1_000, 500), (1_000, 5_000)] {
                    let found = try await store.walk(
                        reach, upTo: Version(400), maximumRecords: maximumRecords, maximumBytes: maximumBytes)
                    try expect(
                        found, are: expected, "\(count) lanes in pages of \(maximumRecords), \(maximumBytes) bytes")
                }
            }
        },
        Case("No scope sees what is another's, however alike their names") { store in
            let scopes = [Scope.global] + confusingNames.map(user) + confusingNames.map(group)
            var records: [Record] = []
            for (index, scope) in scopes.enumerated() {
                records += try await store.write([
                    Draft(task, index, in: scope), Draft(note, index, in: scope), Draft(setting, index, in: scope),
                ])
            }
            let head = Version(Int64(records.count))
            for scope in scopes {
                for model in [task, note, setting] {
                    let found = try await store.walk(
                        .lanes([.init(model: model, scope: scope, after: .zero)]), upTo: head)
                    try expect(
                        found, are: records.filter { $0.key.model == model && $0.scope == scope },
                        "\(model) of \(scope)")
                }
            }
        },
        Case("No lanes have no records, and reach the end") { store in
            try await store.write([Draft(1, in: user("1"))])
            let page = try await store.read(LogQuery(.lanes([]), upTo: Version(1)))
            try expect(page.records, are: [], "the page")
            try expect(page.reached, is: Version(1), "what it reaches")
        },
        Case("A lane of a scope or a model that has nothing is empty, and reaches the end") { store in
            try await store.write([Draft(1, in: user("1"))])
            for lane in [
                LogQuery.Lane(model: task, scope: user("2"), after: .zero),
                LogQuery.Lane(model: note, scope: user("1"), after: .zero),
                LogQuery.Lane(model: ModelName("unheard_of")!, scope: user("1"), after: .zero),
                LogQuery.Lane(model: task, scope: user("1"), after: Version(1)),
            ] {
                let page = try await store.read(LogQuery(.lanes([lane]), upTo: Version(1)))
                try expect(page.records, are: [], "the page")
                try expect(page.reached, is: Version(1), "what it reaches")
            }
        },
    ]
}
