public import ArgumentParser

/// `bench`: drives load against a running pulse server and prints what it measured.
///
/// Every run talks to the server as a client would, over real connections; nothing is measured in process. A user's
/// token is the user's name, or a signed one (`--token-secret`).
public struct BenchCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Drive load against a pulse server and measure it.",
        subcommands: [
            UploadCommand.self, FanoutCommand.self, DeltaCommand.self, CrowdCommand.self, ConnectCommand.self,
            IdleCommand.self, MixedCommand.self, PushCommand.self, PullCommand.self, BroadcasterCommand.self,
        ])

    public init() {}
}
