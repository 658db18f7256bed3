/// Commands as a Redis reads them: an array of byte strings, each with its length, so that nothing in them is syntax.
extension [UInt8] {
    mutating func appendCommand(_ words: String...) {
        appendCommand(words[0], words.dropFirst())
    }

    mutating func appendCommand(_ name: String, _ arguments: some Collection<String>) {
        appendArrayHeader(count: arguments.count + 1)
        appendWord(name)
        for argument in arguments { appendWord(argument) }
    }

    mutating func appendArrayHeader(count: Int) {
        append(contentsOf: "*\(count)\r\n".utf8)
    }

    mutating func appendWord(_ word: String) {
        appendWord(byteCount: word.utf8.count) { $0.append(contentsOf: word.utf8) }
    }

    /// - Parameter write: appends so many bytes.
    mutating func appendWord(byteCount: Int, _ write: (inout [UInt8]) -> Void) {
        append(contentsOf: "$\(byteCount)\r\n".utf8)
        write(&self)
        append(contentsOf: "\r\n".utf8)
    }
}
