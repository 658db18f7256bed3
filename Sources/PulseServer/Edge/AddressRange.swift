/// Addresses that begin with the same bits: one address, or a network such as `10.0.0.0/8` or `2001:db8::/32`.
public struct AddressRange: Sendable {
    private let address: IPAddress
    /// How many of the last of the 128 bits may differ.
    private let freeBits: Int

    /// Nil unless it is an address, or an address with a slash and the number of its leading bits. What follows those
    /// bits does not matter.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        let width = parts[0].contains(":") ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= width
            else { return nil }
            length = number
        }
        self.freeBits = width - length
        self.address = address
    }

    package func contains(_ address: IPAddress) -> Bool {
        (address.bits ^ self.address.bits) >> UInt128(self.freeBits) == 0
    }
}
