import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseRedis
import Testing

/// What a Redis, or whoever else is on it, may send: none of it does harm.
@Suite(.serialized) struct HostileRedisTests {
    @Test(arguments: [
        "*1000000000\r\n", "*9\r\n", "*2147483647\r\n", "$-7\r\n", "hello\r\n", "*3\r\n$7\r\nmessage\r\n*2\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "$9223372036854775807\r\n",
        ":99999999999999999999999\r\n",
        "-ERR this is not for you\r\n", "\0\0\0\0",
    ])
    func `A server that does not speak as a Redis does is given up`(reply: String) async throws {
        let listener = TCPListener()
        listener.answerEverybody(Array(("+PONG\r\n" + reply).utf8))
        let pair = Pair(RedisAddress("redis://127.0.0.1:\(listener.port)")!)
        try await eventually("it is tried again and again") {
            pair.writer.report.reconnects > 1 && pair.reader.report.reconnects > 1
        }
    }

    @Test func `A reply without end is not kept`() async throws {
        let listener = TCPListener()
        let endless = Array("+PONG\r\n$500000000\r\n".utf8) + [UInt8](repeating: 0x78, count: 64 << 20)
        listener.answerEverybody(endless)
        let pair = Pair(RedisAddress("redis://127.0.0.1:\(listener.port)")!)
        try await eventually("it is given up") {
            pair.reader.report.trouble?.contains("a reply of more than") == true
        }
    }

    @Test func `Messages that are none are ignored, each kind with one warning`() async throws {
        let server = try await RedisServer()
        let log = LogLines()
        let pair = Pair(server.address, logger: .noting(log))
        try await pair.works()
        for _ in 0..<5 {
            try await server.command("PUBLISH", "pulse:main:c", "nonsense")
            let schema = String(Schema.any.fingerprint, radix: 16)
            try await server.command("PUBLISH", "pulse:main:\(schema):u:ann", "PULB\u{7}from the future")
            try await server.command("PUBLISH", "pulse:main:c", "")
        }
        try await pair.works()
        let warnings = log.lines.filter { $0.hasPrefix("warning") }
        #expect(
            warnings.sorted() == [
                "warning: a message on the bus is ignored a message has format 7",
                "warning: a message on the bus is ignored byte 0 of a message: the magic number has 4 bytes, and 0 are left",
                "warning: a message on the bus is ignored byte 0 of a message: this is no message of a worker",
            ])
    }

    @Test func `A worker with another store is ignored, with one warning`() async throws {
        let server = try await RedisServer()
        let log = LogLines()
        let other = Epoch(high: 8, low: 9)
        let stranger = Pair(server.address, epochs: (other, RedisBus.epoch), logger: .noting(log))
        try await stranger.connects()
        let friend = Pair(server.address)
        try await friend.works()
        try await eventually("the stranger is noticed") {
            stranger.publish(byteCount: 777)
            return log.lines.contains { $0.contains("\(other)") }
        }
        for _ in 0..<10 { stranger.publish(byteCount: 777) }
        let before = stranger.commits.count
        try await eventually("the friend is heard") {
            friend.publish()
            return stranger.commits.count > before
        }
        #expect(log.lines.count { $0.hasPrefix("warning: a worker with another store") } == 1)
        #expect(!stranger.commits.contains { $0.runs.contains { $0.frames.readableBytes == 787 } })
    }
}
