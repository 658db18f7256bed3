import ArgumentParser
import PulseCommand
import PulseModel

/// `schema`: looks at schemas without serving them.
struct SchemaCommand<Application: ServerApplication>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "schema", abstract: "Check a schema file, or print a schema as one.",
            subcommands: [Check.self, Print.self])
    }

    private static var own: Schema { Application().schema ?? DefaultSchema.schema }

    /// `schema check [FILE]`
    struct Check: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "check",
                abstract: "Say what is wrong with a schema file: every problem with its line and column.",
                discussion: """
                    Ends with 0 where nothing is wrong, with 1 where something is, with 66 where there is no such file.
                    """)
        }

        @Argument(
            help: "The schema file; without it, the built-in schema.", completion: .file(extensions: ["yaml", "yml"]))
        var file: String?

        func run() throws {
            try SchemaReport.check(path: file, own: own).deliver()
        }
    }

    /// `schema print [FILE]`
    struct Print: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "print",
                abstract: "Print a schema as a schema file: that of a file, or the built-in one.")
        }

        @Argument(
            help: "The schema file; without it, the built-in schema.", completion: .file(extensions: ["yaml", "yml"]))
        var file: String?

        func run() throws {
            try SchemaReport.print(path: file, own: own).deliver()
        }
    }
}
