import ArgumentParser
import Logging
import PulseCommand
import PulseEngine
import PulseModel
import PulseSchemaFile

/// `store purge --store STORE`
struct StorePurgeCommand<Application: ServerApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "purge", abstract: "Take old tombstones out of a store.",
            discussion: """
                A server does this by itself, a few at a time; here it is done at once, and the store may be served \
                meanwhile. What goes are the deletions that a model or collection with a 'retention' has had for longer, \
                never what is not deleted. Who has not synced since then has to fetch everything anew. Ends with 0 when \
                all is purged, with 66 or 78 where the schema file is no good, with 69 where the store cannot be used.
                """)
    }

    @Option(help: ArgumentHelp("The store: sqlite:FILE or mongodb://HOST/DATABASE.", valueName: "store"))
    var store: String
    @Option(
        help: ArgumentHelp("The schema file; without it, the built-in schema.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var schema: String?
    @Option(help: ArgumentHelp("Purge what is older than so many days, whatever the schema says.", valueName: "days"))
    var olderThan: Int?
    @Flag(help: "Only count what would go.") var dryRun = false

    func validate() throws {
        if let olderThan, !(0...36_500).contains(olderThan) {
            throw ValidationError("--older-than is 0 to 36500 days.")
        }
    }

    func run() async throws {
        guard let location = StoreLocation(store) else {
            StandardError.tell(["--store: '\(StoreLocation.redacted(store))' \(StoreLocation.complaint)"])
            throw ExitStatus.badSettings
        }
        let schema = try namedSchema().served
        let retention = Retention(of: schema, days: olderThan)
        let logger = Logger(label: Program.name, factory: { LineLogHandler(label: $0, format: .text) })
        var report = PurgeReport(retention, isTrial: dryRun)
        do throws(StoreError) {
            let store = try await Stores.open(location, schema: schema, patience: .seconds(30), logger: logger)
            let purger = Purger(store, retention, clock: WorkerClock().now)
            if dryRun {
                try await purger.count { report.add($1, of: $0.model) }
            } else {
                try await purger.run { report.add($1, of: $0.model) }
            }
            await store.close()
        } catch {
            StandardError.tell([error.message])
            throw ExitStatus.unavailable
        }
        print(report.text, terminator: "")
    }

    private func namedSchema() throws -> Schema {
        do throws(SchemaFileError) {
            if let schema { return try SchemaFile.read(path: schema) }
            return Application().schema ?? DefaultSchema.schema
        } catch {
            StandardError.write(error.lines)
            throw error.isUnreadable ? ExitStatus.unreadableFile : ExitStatus.badSettings
        }
    }
}
