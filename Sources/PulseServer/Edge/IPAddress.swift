import Foundation

/// An IPv4 or IPv6 address without a port. An IPv4 address equals the IPv6 address that it is mapped to.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as an IPv6 one.
    let bits: UInt128

    init(bits: UInt128) {
        self.bits = bits
    }

    /// Nil for anything but the address itself, in its standard spelling: `192.0.2.1`, `2001:db8::1`.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, String(text), &four) == 1 {
            self.bits = Self.mappedPrefix << 32 | UInt128(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(text), &six) == 1 else { return nil }
        self.bits = withUnsafeBytes(of: six) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }

    /// An address as proxies write it: perhaps with a port behind it, IPv6 perhaps in brackets. Nil for anything else.
    package init?(node text: Substring) {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), Self.isPort(text[text.index(after: end)...]) else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":") else { return nil }
            self.init(address)
        } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            guard Self.isPort(text[colon...]) else { return nil }
            self.init(text[..<colon])
        } else {
            self.init(text)
        }
    }

    package var isIPv4: Bool { self.bits >> 32 == Self.mappedPrefix }

    /// Whether it is of this machine: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool { self.isIPv4 ? self.bits >> 24 & 0xFF == 127 : self.bits == 1 }

    /// What one client can be held to have: an IPv4 address, or all of an IPv6 /64.
    package var network: IPAddress { self.isIPv4 ? self : IPAddress(bits: (self.bits >> 64) << 64) }

    package var description: String {
        if self.isIPv4 {
            return [24, 16, 8, 0].map { String(self.bits >> $0 & 0xFF) }.joined(separator: ".")
        }
        var six = in6_addr()
        withUnsafeMutableBytes(of: &six) { $0.storeBytes(of: self.bits.bigEndian, as: UInt128.self) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &six, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static let mappedPrefix: UInt128 = 0xFFFF

    /// Before the C library sees it, which ends a text at a NUL.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        }
    }

    /// Nothing, or a colon and one to five digits.
    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.utf8.first else { return true }
        let digits = text.utf8.dropFirst()
        return colon == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
