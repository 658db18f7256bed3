import Foundation

/// Names and addresses to listen on.
enum HostName {
    /// The host without the brackets of an IPv6 address; nil where it can be none.
    static func bare(_ text: String) -> String? {
        var host = text[...]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"[]/".utf8.contains($0) }) else {
            return nil
        }
        return String(host)
    }

    /// Whether only programs on this machine can reach the host: 127.0.0.0/8, ::1 or `localhost`.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            return withUnsafeBytes(of: four) { $0.first == 127 }
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }
}
