import PulseEngine
import PulseModel

extension StoreConformance {
    static let pageCases = [
        Case("Pages of any number of records are together the whole") { store in
            let expected = try await store.write((0..<57).map { Draft($0, in: user("\($0 % 4)"), title: "t\($0)") })
            let lanes = (0..<4).map { LogQuery.Lane(model: task, scope: user("\($0)"), after: .zero) }
            for maximumRecords in [1, 2, 7, 56, 57, 58, 1_000_000] {
                for reach in [LogQuery.Reach.everything(after: .zero), .lanes(lanes)] {
                    let found = try await store.walk(reach, upTo: Version(57), maximumRecords: maximumRecords)
                    try expect(found, are: expected, "pages of \(maximumRecords) of \(reach)")
                }
            }
        },
        Case("Pages of any number of bytes are together the whole, and never empty") { store in
            var generator = SeededGenerator(seed: 7)
            let expected = try await store.write(
                (0..<60).map { index in
                    let size = [0, 10, 500, 3_000].randomElement(using: &generator)!
                    return Draft(index, in: user("\(index % 2)"), title: String(repeating: "x", count: size))
                })
            let lanes = (0..<2).map { LogQuery.Lane(model: task, scope: user("\($0)"), after: .zero) }
            for maximumBytes in [1, 100, 1_000, 4_000, 20_000, 1 << 40] {
                for reach in [LogQuery.Reach.everything(after: .zero), .lanes(lanes)] {
                    let found = try await store.walk(reach, upTo: Version(60), maximumBytes: maximumBytes)
                    try expect(found, are: expected, "pages of \(maximumBytes) bytes")
                }
            }
        },
        Case("A page that asks for nothing has one record all the same, so that reading goes on") { store in
            let expected = try await store.write((0..<3).map { Draft($0, in: user("1")) })
            for (maximumRecords, maximumBytes) in [(0, 1_000), (10, 0), (0, 0), (-1, -1), (.max, .max)] {
                let query = LogQuery(
                    .everything(after: .zero), upTo: Version(3), maximumRecords: maximumRecords,
                    maximumBytes: maximumBytes)
                let page = try await store.read(query)
                let count = maximumRecords == .max ? 3 : 1
                try expect(page.records, are: Array(expected.prefix(count)), "a page of \(maximumRecords)")
                try expect(page.reached, is: Version(Int64(count)), "what it reaches")
            }
        },
        Case("A page that ends with the last record of interest says either its version or the end") { store in
            try await store.write((0..<4).map { Draft($0, in: user($0 < 2 ? "1" : "2")) })
            let lane = LogQuery.Lane(model: task, scope: user("1"), after: .zero)
            let full = try await store.read(LogQuery(.lanes([lane]), upTo: Version(4), maximumRecords: 2))
            try expect(full.records.map(\.version), is: [Version(1), Version(2)], "the versions")
            try expect([Version(2), Version(4)].contains(full.reached), "\(full.reached) is version 2 or the end")
            let roomy = try await store.read(LogQuery(.lanes([lane]), upTo: Version(4), maximumRecords: 3))
            try expect(roomy.reached, is: Version(4), "what a page reaches that has room left")
        },
        Case("What is not there yet cannot be read up to") { store in
            try await store.write([Draft(1, in: user("1"))])
            for reach in [
                LogQuery.Reach.everything(after: .zero), .lanes([.init(model: task, scope: user("1"), after: .zero)]),
            ] {
                do {
                    _ = try await store.read(LogQuery(reach, upTo: Version(2)))
                } catch let error as StoreError where error.code == .unavailable {
                    continue
                }
                throw Failure("a page reached version 2, which there is not")
            }
        },
        Case("Nothing behind the last version of interest is read") { store in
            let records = try await store.write((0..<20).map { Draft($0, in: user("1")) })
            let lane = LogQuery.Lane(model: task, scope: user("1"), after: Version(5))
            for upTo in [5, 6, 12, 19, 20] as [Int64] {
                let expected = records.filter {
                    (6...max(6, upTo)).contains($0.version.number) && $0.version.number <= upTo
                }
                for maximumRecords in [1, 4, 100] {
                    for reach in [LogQuery.Reach.everything(after: Version(5)), .lanes([lane])] {
                        let found = try await store.walk(reach, upTo: Version(upTo), maximumRecords: maximumRecords)
                        try expect(found, are: expected, "up to \(upTo)")
                    }
                }
            }
        },
        Case("Large records are read whole, a page each") { store in
            let expected = try await store.writeEach(
                (0..<4).map { index in
                    Draft(index, in: user("1"), title: String(repeating: "\u{1F600}", count: (256 << 10) + index))
                })
            let lane = LogQuery.Lane(model: task, scope: user("1"), after: .zero)
            for reach in [LogQuery.Reach.everything(after: .zero), .lanes([lane])] {
                let first = try await store.read(LogQuery(reach, upTo: Version(4)))
                try expect(first.records, are: [expected[0]], "the first page")
                try expect(try await store.walk(reach, upTo: Version(4)), are: expected, "all pages")
            }
            try expect(try await store.record(expected[3].key), is: expected[3], "one of them")
        },
    ]
}
