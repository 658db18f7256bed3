/// A piece of text that names something and is compared by its UTF-8 bytes.
///
/// Swift's own `String ==` is canonical equivalence: it holds "é" typed in two ways, or "K" and the Kelvin sign, for
/// equal. Stores and clients compare bytes, so identifiers do too.
public protocol TextIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as it came.
    var text: String { get }
}

extension TextIdentifier {
    public static func == (left: Self, right: Self) -> Bool {
        left.text.hasSameUTF8(as: right.text)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    public var description: String { text }
}
