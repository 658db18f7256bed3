import ArgumentParser
import PulseBench
import PulseCommand

/// The executable itself.
struct RootCommand<Application: ServerApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Program.name, abstract: "Sync for apps that work offline.",
            subcommands: [
                ServeCommand<Application>.self, KickCommand.self, TokenCommand.self, StoreCommand<Application>.self,
                SchemaCommand<Application>.self,
                BenchCommand.self, TortureCommand.self,
            ])
    }
}
