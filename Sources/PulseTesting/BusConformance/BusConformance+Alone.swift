import PulseEngine
import PulseModel

extension BusConformance {
    static let aloneCases = [
        Case("A worker hears its own commits, whole, once and in order, whatever it wants") { workers in
            let listener = try await workers.listener()
            let source = CommitSource()
            let commits = (0..<200).map { index in
                source.next([
                    (.user(UserID("\(index % 7)")!), "a"), (.global, "b"), (.user(UserID("\(index % 7)")!), "c"),
                ])
            }
            for commit in commits { listener.bus.publish(commit) }
            let last = commits[commits.count - 1].versions
            _ = try await listener.first("the last commit") { $0.versions == last }
            try expect(listener.heard.count, is: commits.count, "the number of commits")
            for (found, commit) in zip(listener.heard, commits) { try expect(found, is: commit) }
            await listener.stop()
        },
        Case("Commits come one at a time") { workers in
            let listener = try await workers.listener()
            let source = CommitSource()
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<100 { listener.bus.publish(source.next(in: .global)) } }
                }
            }
            _ = try await listener.first("400 commits") { _ in listener.heard.count == 400 }
            try expect(listener.overlaps, is: 0, "the commits that came amid another")
            await listener.stop()
        },
        Case("What nobody takes is bounded: it is dropped and counted, and publishing does not wait") { workers in
            let bus = try await workers.makeBus()
            let source = CommitSource()
            let text = String(repeating: "x", count: 1 << 20)
            for _ in 0..<200 { bus.publish(source.next(in: .global, text)) }
            try expect(bus.report.dropped > 0, "of 200 MiB something was dropped")
            let listener = workers.listener(on: bus)
            let last = source.next(in: .global)
            _ = try await listener.first(
                "a commit that was published later", where: { $0.versions == last.versions },
                prompting: {
                    bus.publish(last)
                })
            try expect(listener.heard.count < 200, "less than 200 MiB was kept")
            await listener.stop()
        },
        Case("A bus that is told to stop stops") { workers in
            let listener = try await workers.listener()
            await listener.stop()
        },
    ]
}
