import ArgumentParser
import PulseBench
import PulseCommand

/// The executable itself.
struct RootCommand<Application: ServerApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Program.name, abstract: "Sync for apps that work offline.",
            subcommands: [
                ServeCommand<Application>.self, StoreCommand.self, SchemaCommand<Application>.self, TokenCommand.self,
                BenchCommand.self,
            ])
    }
}
