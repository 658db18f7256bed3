/// A number that two lists of texts share only if they are the same, as good as surely. The same in every process (FNV-1a,
/// 64 bits); no protection against somebody who looks for two that share one.
package struct FNV1a {
    package private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    package mutating func add(_ text: some Sequence<UInt8>) {
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        // No text has this byte, so none runs into the next.
        hash = (hash ^ 0xff) &* 0x100_0000_01b3
    }
}
