import ArgumentParser
import PulseModel
import PulseSchemaFile

/// What a subcommand of `schema` has to say.
package struct SchemaReport {
    /// For standard output, with its last line break.
    package private(set) var output = ""
    /// Lines for standard error.
    package private(set) var problems: [String] = []
    package private(set) var status = ExitCode.success

    /// - Parameter own: the schema to look at where no file is named.
    package static func check(path: String?, own: Schema) -> SchemaReport {
        SchemaReport(path: path, own: own) { schema in
            let fieldCount = schema.models.reduce(0) { $0 + $1.fields.count }
            let collectionCount = schema.models.count(where: \.isSchemaless)
            return "\(path ?? "the built-in schema"): \(counted(schema.models.count - collectionCount, "model")), "
                + counted(fieldCount, "field")
                + (collectionCount == 0 ? "" : ", \(counted(collectionCount, "collection"))") + ": fine\n"
        }
    }

    /// - Parameter own: the schema to print where no file is named.
    package static func print(path: String?, own: Schema) -> SchemaReport {
        SchemaReport(path: path, own: own) { SchemaFile.yaml(of: $0) }
    }

    private init(path: String?, own: Schema, output: (Schema) -> String) {
        do throws(SchemaFileError) {
            let schema = if let path { try SchemaFile.read(path: path) } else { own }
            self.output = output(schema)
        } catch {
            problems = error.lines
            status = error.isUnreadable ? ExitStatus.unreadableFile : ExitStatus.badSchema
        }
    }

    /// Prints everything, and ends the command with the status.
    package func deliver() throws(ExitCode) {
        Swift.print(output, terminator: "")
        StandardError.write(problems)
        if status != .success { throw status }
    }
}
