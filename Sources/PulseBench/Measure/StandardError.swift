#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

package enum StandardError {
    /// Whether somebody watches.
    package static var isTerminal: Bool { isatty(2) == 1 }

    package static func print(_ line: String) {
        put(line + "\n")
    }

    /// Writes without ending the line.
    package static func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
