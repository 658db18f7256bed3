public import PulseEngine
public import PulseModel

/// A server's executable: the subcommands of `pulsed`, and what it brings of its own.
///
///     @main
///     struct Shop: ServerApplication {
///         let schema: Schema? = shopSchema
///     }
///
/// An instance is made where there is something to serve or a schema to look at, once in a process.
public protocol ServerApplication: Sendable {
    init()

    /// The models; nil, the default, for those of the file that `--schema` names. Where there are any, that setting is
    /// refused.
    var schema: Schema? { get }

    /// What the application has to say about clients' changes and access, by model. Nothing by default.
    var hooks: [ModelName: ModelHooks] { get }

    /// Tells who a client is; nil, the default, for the method that `--auth` names. Where there is one, that setting is
    /// refused.
    var authenticator: (any Authenticator)? { get }

    /// Work beside the sync, in every worker: begun when the server listens, cancelled when it is told to stop. Nothing
    /// by default.
    ///
    /// The server goes on when the work is done. What it throws before it is cancelled is logged and ends the server, as
    /// orderly as a signal does, with status 70. Once it is cancelled it may still write, but is waited for no longer
    /// than five seconds.
    func run(_ records: Records) async throws
}

extension ServerApplication {
    public var schema: Schema? { nil }

    public var hooks: [ModelName: ModelHooks] { [:] }

    public var authenticator: (any Authenticator)? { nil }

    public func run(_ records: Records) async throws {}

    /// Does what the command line says.
    public static func main() async {
        await RootCommand<Self>.main()
    }
}
