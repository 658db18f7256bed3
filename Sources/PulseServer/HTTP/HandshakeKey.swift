import PulseModel

/// The nonce of a client's handshake and the answer that proves it was understood (RFC 6455, section 4.2.2).
package enum HandshakeKey {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// True for 16 bytes in base64.
    package static func isValid(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes[22...] == [0x3D, 0x3D] && bytes[..<22].allSatisfy(self.alphabet.contains)
    }

    /// What Sec-WebSocket-Accept says.
    package static func answer(to key: String) -> String {
        let hash = SHA1.hash((key + self.suffix).utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: hash.count, by: 3) {
            let group = hash[start..<min(start + 3, hash.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? 0x3D : self.alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
