import PulseEngine
import PulseModel

extension StoreConformance {
    static let stampCases = [
        Case("A store knows which version was the newest at any stamp") { store in
            try expect(try await store.version(at: LogHead(at: Version(1)).stamp), is: .zero, "an empty store's")
            try await store.write((0..<40).map { Draft([task, note, setting][$0 % 3], $0, in: scopes[$0 % 3]) })
            for version in Int64(1)...40 {
                let stamp = LogHead(at: Version(version)).stamp
                try expect(try await store.version(at: stamp), is: Version(version), "at the stamp")
                let before = HybridTime(ticks: stamp.ticks - 1)
                try expect(try await store.version(at: before), is: Version(version - 1), "before it")
                let behind = HybridTime(ticks: stamp.ticks + 1)
                try expect(try await store.version(at: behind), is: Version(version), "behind it")
            }
            try expect(try await store.version(at: .zero), is: .zero, "before all")
            try expect(try await store.version(at: HybridTime(ticks: .max)), is: Version(40), "behind all")
        },
        Case("A version that was superseded is no more the newest at any stamp") { store in
            var generator = SeededGenerator(seed: 9)
            var model = LogModel()
            for _ in 0..<120 {
                let drafts = [randomDraft(&generator)]
                _ = model.write(drafts)
                try await store.write(drafts)
            }
            let versions = model.records.values.map(\.version)
            for version in Int64(0)...121 {
                let expected = versions.filter { $0.number <= version }.max() ?? .zero
                let found = try await store.version(at: LogHead(at: Version(version)).stamp)
                try expect(found, is: expected, "at the stamp of \(version)")
            }
        },
    ]
}
