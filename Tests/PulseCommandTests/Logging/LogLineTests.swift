import Foundation
import Logging
import PulseCommand
import Synchronization
import Testing

@Suite("Lines of the log")
struct LogLineTests {
    private static let hostile = "a\nb\r\u{1b}[31m\u{2028}\u{202e}\u{85}\"\\= é"

    private func line(_ format: LogFormat, message: String, metadata: Logger.Metadata = [:]) -> String {
        let line = LogLine(
            time: "2026-11-21T20:37:14.123Z", level: .info, label: "pulsed", source: "Tests", message: message,
            metadata: metadata)
        return String(decoding: line.bytes(as: format), as: UTF8.self)
    }

    @Test("a text has its metadata before the message, by name")
    func text() {
        #expect(
            line(.text, message: "a client was refused", metadata: ["reason": "no token", "connection": "7"])
                == "2026-11-21T20:37:14.123Z info pulsed: connection=7 reason=\"no token\" [Tests] a client was refused\n"
        )
    }

    @Test("nothing in a text can end its line, colour it or turn it round")
    func hostileText() {
        let text = line(.text, message: Self.hostile, metadata: ["x": "\(Self.hostile)", "y\n": "a=b"])
        #expect(
            text == """
                2026-11-21T20:37:14.123Z info pulsed: \
                x="a\\u{a}b\\u{d}\\u{1b}[31m\\u{2028}\\u{202e}\\u{85}\\"\\\\= é" y\\u{a}="a=b" [Tests] \
                a\\u{a}b\\u{d}\\u{1b}[31m\\u{2028}\\u{202e}\\u{85}"\\= é\n
                """)
    }

    @Test("an object has the same in it, on one line")
    func json() throws {
        let text = line(.json, message: Self.hostile, metadata: ["x": "\(Self.hostile)", "list": ["1", "2"]])
        #expect(text.utf8.filter { $0 == 0x0A }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2026-11-21T20:37:14.123Z")
        #expect(object["level"] as? String == "info")
        #expect(object["message"] as? String == Self.hostile)
        #expect(object["metadata"] as? [String: String] == ["x": Self.hostile, "list": #"["1", "2"]"#])
    }

    @Test(
        "the time is in UTC, with milliseconds",
        arguments: [(0, 0, "1970-01-01T00:00:00.000Z"), (1_709_251_199, 7, "2024-02-29T23:59:59.007Z")])
    func time(seconds: Int, milliseconds: Int, text: String) {
        #expect(LogTime.text(seconds: seconds, milliseconds: milliseconds) == text)
    }

    @Test("what an event says goes before what its logger says")
    func metadata() {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "x") { label in
            LineLogHandler(label: label, format: .text) { bytes in
                lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
        }
        logger[metadataKey: "connection"] = "7"
        logger[metadataKey: "code"] = "1"
        logger.info("closed", metadata: ["code": "2"])
        logger.debug("not at this level")
        let written = lines.withLock { $0 }
        #expect(written.count == 1)
        #expect(written[0].hasSuffix(" info x: code=2 connection=7 [PulseCommandTests] closed\n"))
    }
}
