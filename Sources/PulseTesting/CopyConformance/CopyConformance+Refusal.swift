import PulseEngine
import PulseModel

extension CopyConformance {
    static let refusalCases = [
        Case("A target with records of its own is refused and left alone") { suite in
            let source = try await suite.makeSmallSource()
            let target = try await suite.makeTarget()
            let expected = try await target.open(schema).write([Draft(99, in: .global)])
            let error = try await expectError(CopyError.self, "copying") { try await source.copy(to: target) }
            guard case .target(let reason) = error, reason.code == .unusable else { throw error }
            try expect(try await target.log(), are: expected, "the log of the target")
            try expect(try await target.open(schema).head(), is: Version(1), "the head of the target")
        },
        Case("A completed copy is not copied into again") { suite in
            let source = try await suite.makeSmallSource()
            let target = try await suite.makeTarget()
            try await source.copy(to: target)
            let error = try await expectError(CopyError.self, "copying") { try await source.copy(to: target) }
            guard case .target(let reason) = error, reason.code == .unusable else { throw error }
            try await target.expectCopy(of: source)
        },
        Case("An unfinished copy is served neither nor copied, and takes nothing from another source") { suite in
            let source = try await suite.makeSmallSource()
            let target = try await suite.makeTarget()
            let store = try await target.openForCopying()
            let history = try await source.openForCopying().history()
            try expect(try await store.beginCopy(of: history, from: sourceName), is: .zero, "where the copy begins")
            try await target.expectUnfinished()
            let error = try await expectError(CopyError.self, "copying from another source") {
                try await source.copy(to: target, named: "another")
            }
            guard case .target(let reason) = error, reason.code == .unusable else { throw error }
            try expect(reason.message.contains(sourceName), "'\(reason)' names the source")
            let other = try await suite.makeTarget()
            let reversed = try await expectError(CopyError.self, "copying an unfinished copy") {
                try await target.copy(to: other)
            }
            guard case .source = reversed else { throw reversed }
            try await source.copy(to: target)
            try await target.expectCopy(of: source)
        },
    ]
}
