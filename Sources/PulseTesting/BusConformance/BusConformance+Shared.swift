import PulseEngine
import PulseModel

extension BusConformance {
    static let sharedCases = [
        Case("What a worker wants of another's commit comes whole, and what it does not want comes not at all") {
            workers in
            let (writer, reader) = (try await workers.listener(), try await workers.listener())
            let source = CommitSource()
            try await reader.hears([.ann, .team], of: writer, source)
            let commit = source.next([(.ann, "1"), (.bob, "2"), (.team, "3"), (.ann, "4"), (.bob, "5")])
            writer.bus.publish(commit)
            let found = try await reader.first("the commit") { $0.versions == commit.versions }
            try expect(
                found,
                is: Commit(
                    versions: commit.versions, time: commit.time, runs: commit.runs.filter { $0.scope != .bob },
                    missing: [.bob]))
            await writer.stop()
            await reader.stop()
        },
        Case("Every worker hears of every commit, also one that wants nothing") { workers in
            let listeners = [
                try await workers.listener(), try await workers.listener(), try await workers.listener(),
            ]
            let source = CommitSource()
            for writer in listeners {
                for reader in listeners {
                    var sent: Set<ClosedRange<Version>> = []
                    _ = try await reader.first(
                        "a commit", where: { sent.contains($0.versions) },
                        prompting: {
                            let commit = source.next(in: .bob)
                            sent.insert(commit.versions)
                            writer.bus.publish(commit)
                        })
                }
            }
            try expect(listeners.allSatisfy { $0.bus.report.receivedScopes == 0 }, "no content came to anybody")
            for listener in listeners { await listener.stop() }
        },
        Case("What a worker wants no more is missing, and what it wants again comes again") { workers in
            let (writer, reader) = (try await workers.listener(), try await workers.listener())
            let source = CommitSource()
            try await reader.hears([.ann, .bob], of: writer, source)
            reader.bus.unwant(.ann)
            var sent: Set<ClosedRange<Version>> = []
            _ = try await reader.first(
                "a commit without what is not wanted", where: { sent.contains($0.versions) && $0.missing == [.ann] },
                prompting: {
                    let commit = source.next([(.ann, "1"), (.bob, "2")])
                    sent.insert(commit.versions)
                    writer.bus.publish(commit)
                })
            try await reader.hears([.ann], of: writer, source)
            await writer.stop()
            await reader.stop()
        },
        Case("Scopes are not taken for each other, whatever they are called") { workers in
            let (writer, reader) = (try await workers.listener(), try await workers.listener())
            let source = CommitSource()
            let names = StoreConformance.confusingNames
            let scopes =
                [Scope.global] + names.map { StoreConformance.user($0) } + names.map { StoreConformance.group($0) }
            for (index, wanted) in scopes.enumerated() where index % 3 == 0 { reader.bus.want(wanted) }
            let wanted = Set(scopes.indices.filter { $0 % 3 == 0 }.map { scopes[$0] })
            try await reader.hears([], of: writer, source, alreadyWanted: wanted)
            let commit = source.next(scopes.map { ($0, $0.key) })
            writer.bus.publish(commit)
            let found = try await reader.first("the commit") { $0.versions == commit.versions }
            try expect(found.missing, is: Set(scopes).subtracting(wanted), "what is missing")
            try expect(
                found.runs.map(\.frames), is: commit.runs.filter { wanted.contains($0.scope) }.map(\.frames),
                "the frames")
            await writer.stop()
            await reader.stop()
        },
        Case("Of a commit that is too large for the bus the content is missing, and never cut") { workers in
            let (writer, reader) = (try await workers.listener(), try await workers.listener())
            let source = CommitSource()
            try await reader.hears([.ann, .bob], of: writer, source)
            let commit = source.next([(.ann, String(repeating: "x", count: 20 << 20)), (.bob, "small")])
            writer.bus.publish(commit)
            let found = try await reader.first("the commit") { $0.versions == commit.versions }
            if found.missing.isEmpty {
                try expect(found, is: commit)
            } else {
                try expect(found.missing, is: [.ann], "what is missing")
                try expect(found.runs.map(\.frames), is: [commit.runs[1].frames], "the rest")
            }
            await writer.stop()
            await reader.stop()
        },
    ]
}

extension Listener {
    /// Wants scopes, and returns when their content comes.
    fileprivate func hears(
        _ scopes: Set<Scope>, of writer: Listener, _ source: CommitSource, alreadyWanted: Set<Scope> = []
    ) async throws {
        for scope in scopes { bus.want(scope) }
        let wanted = scopes.union(alreadyWanted)
        var sent: Set<ClosedRange<Version>> = []
        _ = try await first(
            "the content of \(wanted.count) scopes", where: { sent.contains($0.versions) && $0.missing.isEmpty },
            prompting: {
                let commit = source.next(wanted.map { ($0, "prompt") })
                sent.insert(commit.versions)
                writer.bus.publish(commit)
            })
    }
}

extension Scope {
    fileprivate static let ann = StoreConformance.user("ann")
    fileprivate static let bob = StoreConformance.user("bob")
    fileprivate static let team = StoreConformance.group("red")
}
