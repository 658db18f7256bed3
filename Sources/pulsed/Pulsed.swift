import ArgumentParser
import PulseBench
import PulseCommand

@main
struct Pulsed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsed",
        abstract: "Sync for apps that work offline.",
        subcommands: [ServeCommand.self, StoreCommand.self, SchemaCommand.self, BenchCommand.self])
}
