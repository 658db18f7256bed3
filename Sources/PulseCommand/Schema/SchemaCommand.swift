public import ArgumentParser

/// `pulsed schema`: looks at schema files without serving them.
public struct SchemaCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Check a schema file, or print a schema as one.",
        subcommands: [Check.self, Print.self])

    public init() {}

    /// `pulsed schema check FILE`
    public struct Check: ParsableCommand {
        public static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with a schema file: every problem with its line and column.",
            discussion:
                "Ends with 0 where nothing is wrong, with 1 where something is, with 66 where there is no such file.")

        @Argument(help: "The schema file.", completion: .file(extensions: ["yaml", "yml"]))
        public var file: String

        public init() {}

        public func run() throws {
            try SchemaReport.check(path: file).deliver()
        }
    }

    /// `pulsed schema print [FILE]`
    public struct Print: ParsableCommand {
        public static let configuration = CommandConfiguration(
            abstract: "Print a schema as a schema file: that of a file, or the built-in one.")

        @Argument(
            help: "The schema file; without it, the built-in schema.", completion: .file(extensions: ["yaml", "yml"]))
        public var file: String?

        public init() {}

        public func run() throws {
            try SchemaReport.print(path: file).deliver()
        }
    }
}
