/// A part of the server that bytes of strangers reach, and what must hold whatever they are.
protocol FuzzTarget: Sendable {
    /// Inputs to begin with.
    ///
    /// - Parameter conversations: what clients say in the recorded conversations, one line a message, with the digit of
    ///   its user in front.
    static func seeds(from conversations: [[UInt8]]) throws -> [[UInt8]]

    init() throws

    /// Traps where something does not hold.
    func run(_ input: UnsafeRawBufferPointer)
}

/// Traps, saying why, in every build.
func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { fatalError(sentence()) }
}
