import ArgumentParser

/// `store`: looks after stores that are not being served.
struct StoreCommand<Application: ServerApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "store", abstract: "Move records from one store to another, or purge what is old.",
            subcommands: [StoreCopyCommand.self, StorePurgeCommand<Application>.self])
    }
}
