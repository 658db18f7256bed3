import NIOCore
import PulseEngine
import PulseModel
import PulseRedis
import Testing

@Suite struct AssemblerTests {
    private var assembler = Assembler()

    private func header(_ versions: ClosedRange<Int64>, by sender: UInt64 = 1) -> BusMessage.Header {
        BusMessage.Header(
            epoch: RedisBus.epoch, sender: sender,
            versions: Version(versions.lowerBound)...Version(versions.upperBound), time: Timestamp(microseconds: 1))
    }

    private func run(_ version: Int64, byteCount: Int = 10) -> BusMessage.Run {
        BusMessage.Run(
            model: ModelName("task")!, first: Version(version), frames: ByteBuffer(repeating: 0, count: byteCount))
    }

    @Test mutating func `The runs of all scopes are put into version order`() {
        assembler.add([run(1), run(3)], of: .ann, header(1...4))
        assembler.add([run(2), run(4)], of: .bob, header(1...4))
        let commit = assembler.commit(header(1...4), touching: [.ann, .bob])
        #expect(commit.runs.map(\.first.number) == [1, 2, 3, 4])
        #expect(commit.runs.map(\.scope) == [.ann, .bob, .ann, .bob])
        #expect(commit.missing.isEmpty)
    }

    @Test mutating func `A scope whose content did not come is missing`() {
        assembler.add([run(1)], of: .ann, header(1...2))
        let commit = assembler.commit(header(1...2), touching: [.ann, .bob])
        #expect(commit.runs.map(\.scope) == [.ann])
        #expect(commit.missing == [.bob])
    }

    @Test mutating func `The contents of several workers are not mixed`() {
        assembler.add([run(1)], of: .ann, header(1...1, by: 1))
        assembler.add([run(2)], of: .ann, header(2...2, by: 2))
        #expect(assembler.commit(header(2...2, by: 2), touching: [.ann]).runs.map(\.first.number) == [2])
        #expect(assembler.commit(header(1...1, by: 1), touching: [.ann]).runs.map(\.first.number) == [1])
    }

    @Test mutating func `Contents of a commit that did not come do not get into the next one`() {
        assembler.add([run(1)], of: .ann, header(1...1))
        assembler.add([run(2)], of: .bob, header(2...2))
        #expect(assembler.commit(header(2...2), touching: [.ann, .bob]).missing == [.ann])
        assembler.add([run(3)], of: .ann, header(3...3))
        #expect(assembler.commit(header(4...4), touching: [.ann]).missing == [.ann])
    }

    @Test mutating func `A content that comes twice counts once`() {
        for _ in 0..<2 { assembler.add([run(1)], of: .ann, header(1...1)) }
        #expect(assembler.commit(header(1...1), touching: [.ann]).runs.count == 1)
        #expect(assembler.commit(header(1...1), touching: [.ann]).missing == [.ann])
    }

    @Test mutating func `Contents whose commits do not come are bounded`() {
        let megabyte = 1 << 20
        assembler.add([run(1, byteCount: megabyte)], of: .ann, header(1...1, by: 0))
        for sender in 1...UInt64(Assembler.maximumBytes / megabyte) {
            assembler.add([run(1, byteCount: megabyte)], of: .ann, header(1...1, by: sender))
        }
        #expect(assembler.commit(header(1...1, by: 0), touching: [.ann]).missing == [.ann])
        let last = UInt64(Assembler.maximumBytes / megabyte)
        #expect(assembler.commit(header(1...1, by: last), touching: [.ann]).missing.isEmpty)
    }

    @Test mutating func `What was forgotten or taken leaves its room to others`() {
        for version in Int64(1)...200 {
            assembler.add([run(version, byteCount: 1 << 20)], of: .ann, header(version...version))
            if version % 2 == 0 { _ = assembler.commit(header(version...version), touching: [.ann]) }
        }
        assembler.add([run(1)], of: .ann, header(1...1, by: 2))
        for version in Int64(201)...230 {
            assembler.add([run(version, byteCount: 1 << 20)], of: .ann, header(version...version))
        }
        #expect(assembler.commit(header(1...1, by: 2), touching: [.ann]).missing.isEmpty)
    }
}
