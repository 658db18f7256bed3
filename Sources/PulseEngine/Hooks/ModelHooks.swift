import PulseModel

/// What the application's own code has to say about a model's records.
///
/// Hooks run on the tasks of Swift's own threads, never on an event loop and never inside a transaction; they may wait
/// for whatever they like, until their deadline. They concern clients: what the application itself writes passes them by.
public struct ModelHooks: Sendable {
    /// Looks at a change that a client has uploaded, before it is judged and written: lets it pass, alters it, or throws
    /// a ``Rejection``. Whatever else it throws is logged, and fails that item alone.
    ///
    /// A repeated upload is looked at again, so fields that the client names must come out the same each time.
    public var incoming: (@Sendable (_ change: inout IncomingChange) async throws -> Void)?

    /// Whether an identity may see the model at all; asked when a client connects. Who may not sees no such table. What it
    /// throws keeps the client out, for it to try again.
    public var mayAccess: (@Sendable (Identity) async throws -> Bool)?

    /// Brings an upload and a stored record together, where the model's conflict policy is `function`.
    public var resolve: RecordConflict.Resolution?

    /// How long a hook may take.
    public var deadline: Duration

    public init(
        incoming: (@Sendable (inout IncomingChange) async throws -> Void)? = nil,
        mayAccess: (@Sendable (Identity) async throws -> Bool)? = nil, resolve: RecordConflict.Resolution? = nil,
        deadline: Duration = .seconds(5)
    ) {
        self.incoming = incoming
        self.mayAccess = mayAccess
        self.resolve = resolve
        self.deadline = deadline
    }
}

/// Thrown by a hook to refuse one item. The message reaches the client.
public struct Rejection: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
