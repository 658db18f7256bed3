/// Bounds on what the parser takes.
///
/// The size of the text is bounded by whoever receives it; the parser needs memory in proportion to it.
public struct JSONLimits: Sendable, Hashable {
    /// How deep arrays and objects may nest: 1 takes `[]`, not `[[]]`; 0 takes scalars only.
    public let maximumDepth: Int
    /// Bytes of one string, key or number. What is longer is ``JSONValue/oversized``, or the fault of its object.
    public let maximumScalarBytes: Int
    /// Keys of one object. Those beyond are not kept, and are the object's fault.
    public let maximumKeys: Int

    /// The greatest depth that may be asked for. The parser recurses, and so does freeing the tree.
    public static let greatestDepth = 256

    /// Sets the bounds.
    ///
    /// - Precondition: `maximumDepth` is between 0 and ``greatestDepth``.
    public init(maximumDepth: Int = 32, maximumScalarBytes: Int = .max, maximumKeys: Int = .max) {
        precondition(
            (0...Self.greatestDepth).contains(maximumDepth), "The depth of a JSON text must be limited to 0...256.")
        self.maximumDepth = maximumDepth
        self.maximumScalarBytes = maximumScalarBytes
        self.maximumKeys = maximumKeys
    }
}
