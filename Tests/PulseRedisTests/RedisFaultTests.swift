import Foundation
import PulseEngine
import PulseRedis
import Testing

/// What can happen to a Redis and to the way there: each time it is noticed, and things go on when it is over.
@Suite(.serialized) struct RedisFaultTests {
    @Test func `Killed and started again`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        server.kill()
        try await pair.notices()
        let dropped = pair.writer.report.dropped
        try await eventually("what is published is dropped, and counted") {
            pair.publish()
            return pair.writer.report.dropped > dropped
        }
        try await server.start()
        try await pair.works()
        #expect(pair.reader.report.reconnects >= 2)
        #expect(pair.reader.report.trouble == nil)
    }

    @Test func `Subscribers cut off by CLIENT KILL`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        let before = pair.reader.report.reconnects
        try await server.command("CLIENT", "KILL", "TYPE", "pubsub")
        try await eventually("the subscriber connects again") { pair.reader.report.reconnects > before }
        try await pair.works()
    }

    @Test func `All clients paused`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        try await server.command("CLIENT", "PAUSE", "6000", "ALL")
        try await pair.notices()
        try await pair.works()
    }

    @Test func `Stopped in its tracks, with a socket that still accepts`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        server.freeze()
        try await pair.notices()
        server.thaw()
        try await pair.works()
    }

    @Test func `Stopped under load, publishing is bounded and does not wait`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        server.freeze()
        let dropped = pair.writer.report.dropped
        for _ in 0..<200 { pair.publish(byteCount: 900_000) }
        #expect(pair.writer.report.dropped > dropped)
        try await pair.notices()
        server.thaw()
        try await pair.works()
    }

    @Test func `A message beyond the limit of the output buffer`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        try await server.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 65536 32768 1")
        let before = pair.reader.report.reconnects
        pair.publish(byteCount: 900_000)
        try await eventually("the subscriber is cut off, and connects again") {
            pair.reader.report.reconnects > before
        }
        try await pair.works()
    }

    @Test func `Away from the start`() async throws {
        let server = try await RedisServer(isStarted: false)
        let pair = Pair(server.address)
        try await eventually("the trouble has a name") {
            pair.reader.report.trouble?.contains("refused") == true
                && pair.writer.report.trouble?.contains("refused") == true
        }
        try await server.start()
        try await pair.works()
    }

    @Test func `What was missed is not repeated, and what comes later is heard`() async throws {
        let server = try await RedisServer()
        let pair = Pair(server.address)
        try await pair.works()
        try await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try await pair.works()
        let versions = pair.commits.map(\.versions)
        #expect(Set(versions).count == versions.count)
    }

    // MARK: Ways in

    @Test func `A password`() async throws {
        let server = try await RedisServer("--requirepass", "p@ss word")
        let right = Pair(RedisAddress("redis://:p%40ss%20word@127.0.0.1:\(server.port)")!)
        try await right.works()
        for wrong in ["redis://127.0.0.1:\(server.port)", "redis://:p%40ss@127.0.0.1:\(server.port)"] {
            let pair = Pair(RedisAddress(wrong)!)
            try await eventually("a wrong password is refused") {
                guard let trouble = pair.reader.report.trouble else { return false }
                return trouble.contains("NOAUTH") || trouble.contains("WRONGPASS")
            }
            #expect(pair.reader.report.trouble?.contains("p@ss") == false)
        }
    }

    @Test func `A user of its own`() async throws {
        let server = try await RedisServer()
        try await server.command(
            "ACL", "SETUSER", "worker", "on", ">secret", "&pulse:*", "+publish", "+subscribe", "+ping")
        try await server.command("ACL", "SETUSER", "worker", "+unsubscribe")
        try await Pair(RedisAddress("redis://worker:secret@127.0.0.1:\(server.port)")!).works()
    }

    @Test func `A database`() async throws {
        let server = try await RedisServer()
        try await Pair(RedisAddress("redis://127.0.0.1:\(server.port)/5")!).works()
        let pair = Pair(RedisAddress("redis://127.0.0.1:\(server.port)/999")!)
        try await eventually("a database that is not there is noticed") {
            pair.reader.report.trouble?.contains("DB index") == true
        }
    }

    @Test func `A socket in the file system`() async throws {
        let server = try await RedisServer()
        try await Pair(RedisAddress("unix://\(server.socket)")!).works()
    }

    @Test func `A host that has no address`() async throws {
        let pair = Pair(RedisAddress("redis://nowhere.invalid")!)
        try await eventually("the trouble has a name") { pair.reader.report.trouble?.contains("connected") == false }
    }
}
