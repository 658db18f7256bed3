import Foundation

/// Reads files whose size is not known to be sane.
enum FileBytes {
    /// The first `count` bytes of a file, or all of them where it has fewer.
    static func read(path: String, atMost count: Int) throws(SchemaFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SchemaFileError(unreadable: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < count {
            let wanted = min(chunk.count, count - bytes.count)
            let got = Foundation.read(descriptor, &chunk, wanted)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SchemaFileError(unreadable: path) }
            guard got > 0 else { break }
            bytes += chunk[..<got]
        }
        return bytes
    }
}

extension SchemaFileError {
    /// The error that `errno` tells.
    fileprivate init(unreadable path: String) {
        let reason = String(cString: strerror(errno))
        self.init(
            name: path, problems: [Problem(line: 0, column: 0, message: "cannot be read: \(reason)")],
            isUnreadable: true)
    }
}
