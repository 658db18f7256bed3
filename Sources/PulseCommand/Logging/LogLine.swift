package import Logging
import PulseModel

/// One event of the log. A pure value.
package struct LogLine: Sendable {
    /// RFC 3339, in UTC.
    package var time: String
    package var level: Logger.Level
    package var label: String
    package var source: String
    package var message: String
    package var metadata: Logger.Metadata

    package init(
        time: String, level: Logger.Level, label: String, source: String, message: String, metadata: Logger.Metadata
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.source = source
        self.message = message
        self.metadata = metadata
    }

    /// The line with its end, and no other line break in it.
    package func bytes(as format: LogFormat) -> [UInt8] {
        switch format {
        case .text: Array((text + "\n").utf8)
        case .json: json
        }
    }

    private var text: String {
        let pairs = members.map { " \(Self.plain($0.name))=\(Self.value($0.text))" }.joined()
        return "\(time) \(level) \(Self.plain(label)):\(pairs) [\(Self.plain(source))] \(Self.plain(message))"
    }

    private var json: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.raw("{")
        let facts = [
            ("time", time), ("level", "\(level)"), ("message", message), ("label", label), ("source", source),
        ]
        for (name, text) in facts {
            writer.string(name)
            writer.raw(":")
            writer.string(text)
            writer.raw(",")
        }
        writer.string("metadata")
        writer.raw(":{")
        for (index, member) in members.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.string(member.name)
            writer.raw(":")
            writer.string(member.text)
        }
        writer.raw("}}\n")
        return writer.bytes
    }

    /// By name, values that have an inside as one text.
    private var members: [(name: String, text: String)] {
        metadata.map { (name: $0.key, text: "\($0.value)") }.sorted { $0.name < $1.name }
    }

    /// A text without what ends a line, moves a terminal's cursor or turns its writing round.
    package static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.map { isUnsafe($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
    }

    /// A value that cannot be taken for what stands beside it.
    private static func value(_ text: String) -> String {
        let isWord = !text.isEmpty && !text.utf8.contains { $0 <= 0x20 || #""=\"#.utf8.contains($0) }
        if isWord { return plain(text) }
        return "\"" + plain(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\""
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
