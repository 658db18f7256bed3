/// Frames as a client sends them, well formed or not.
enum ClientFrames {
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        self.frame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
    }

    static func continuation(_ text: String, isFinal: Bool = true) -> [UInt8] {
        self.frame(opcode: 0, payload: Array(text.utf8), isFinal: isFinal)
    }

    static func ping(_ text: String) -> [UInt8] { self.frame(opcode: 9, payload: Array(text.utf8)) }

    static func close(_ code: UInt16, reason: [UInt8] = []) -> [UInt8] {
        self.frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    static func frame(opcode: UInt8, payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0) -> [UInt8] {
        let head = (isFinal ? 0x80 : 0) | reserved | opcode
        let masked = payload.enumerated().map { $0.element ^ Self.mask[$0.offset % 4] }
        return [head] + self.length(payload.count) + Self.mask + masked
    }

    private static func length(_ count: Int) -> [UInt8] {
        switch count {
        case ...125: [0x80 | UInt8(count)]
        case ...0xFFFF: [0xFE] + self.bigEndian(UInt64(count), bytes: 2)
        default: [0xFF] + self.bigEndian(UInt64(count), bytes: 8)
        }
    }

    static func bigEndian(_ number: UInt64, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }
}
