import Foundation
import InMemoryTracing
import Logging
import NIOCore
import NIOPosix
import PulseEngine
import PulseModel
import PulseSQLite
import PulseServer
import Testing
import Tracing

@Suite(.timeLimit(.minutes(1))) struct TracesTests {
    /// A program has one tracer.
    private static let tracer: InMemoryTracer = {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()

    private static let upload = """
        {"type":"SYNC_BATCH_UPLOAD","table":"traced","payloads":[\
        {"sync_id":"00000000-0000-4000-8000-000000000001","title":"A"},\
        {"sync_id":"00000000-0000-4000-8000-000000000002","title":7}]}
        """
    private static let request = #"{"type":"SYNC_REQUEST_DELTA","table":"traced","last_version":0}"#

    @Test func `a handshake, an upload and a delta are a span each`() async throws {
        let tracer = Self.tracer
        let path = NSTemporaryDirectory() + "pulse-traces-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let task = try Model(ModelName("traced")!, audience: .user, fields: [Field("title", .text)])
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let schema = try Schema([task])
        let engine = try await SyncEngine(
            schema: schema, store: try SQLiteStore(path: path, schema: schema),
            eventLoops: Array(group.makeIterator()), logger: logger)
        let server = PulseServer(
            engine: engine, authenticator: InsecureAuthenticator(), configuration: .init(web: .init(port: 0)),
            logger: logger)
        let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await server.run(on: group) { bound.yield($0) } }
            for await address in addresses {
                let bytes =
                    handshake(path: "/ws/pulse/sync/?token=1") + ClientFrames.text(Self.upload)
                    + ClientFrames.text(Self.request)
                let answer = try await talk(to: address, bytes, until: "SYNC_UPDATE")
                #expect(answer.contains("BATCH_ACK"))
                break
            }
            while Self.spans(of: tracer).count < 2 { await Task.yield() }
            tasks.cancelAll()
        }
        #expect(tracer.finishedSpans.contains { $0.operationName == "pulse.handshake" })
        let spans = Dictionary(grouping: Self.spans(of: tracer), by: \.operationName)
        #expect(spans.keys.sorted() == ["pulse.delta", "pulse.upload"])
        let upload = try #require(spans["pulse.upload"]?.first?.attributes)
        #expect(upload["pulse.items"]?.toSpanAttribute() == 2)
        #expect(upload["pulse.stored"]?.toSpanAttribute() == 1)
        #expect(upload["pulse.failed"]?.toSpanAttribute() == 1)
    }

    /// Those about this test's model: the tracer is that of the whole process, and other tests have spans of their own.
    private static func spans(of tracer: InMemoryTracer) -> [FinishedInMemorySpan] {
        tracer.finishedSpans.filter { $0.attributes["pulse.model"]?.toSpanAttribute() == "traced" }
    }
}
