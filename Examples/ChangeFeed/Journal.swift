import Foundation
import Pulse

/// A file of lines, each with the cursor behind which to go on. The two are written at once, so the last whole line says
/// how far the journal has come.
struct Journal {
    private(set) var cursor: FeedCursor?
    private let file: FileHandle

    /// Opens the file, or makes it, and cuts off the half of a line that a crash has left.
    init(path: String) throws {
        let url = URL(filePath: path)
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
        file = try FileHandle(forUpdating: url)
        let content = try file.readToEnd() ?? Data()
        let end = content.lastIndex(of: UInt8(ascii: "\n")).map { content.index(after: $0) } ?? content.startIndex
        let whole = content[..<end]
        try file.truncate(atOffset: UInt64(whole.count))
        if let line = whole.split(separator: UInt8(ascii: "\n")).last,
            let word = line.split(separator: UInt8(ascii: " ")).first
        {
            cursor = FeedCursor(String(decoding: word, as: UTF8.self))
        }
    }

    mutating func append(_ text: String, _ cursor: FeedCursor) throws {
        try file.write(contentsOf: Data("\(cursor) \(text)\n".utf8))
        self.cursor = cursor
    }
}
