public import ArgumentParser

/// `bench`: drives load against a running pulse server and prints what it measured.
///
/// Every run talks to the server as a client would, over real WebSocket connections; nothing is measured in process.
/// A connection's user is its token, sent as `?token=USER`.
public struct BenchCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Drive load against a pulse server and measure it.",
        subcommands: [UploadCommand.self, FanoutCommand.self, DeltaCommand.self, IdleCommand.self])

    public init() {}
}
