import ArgumentParser
import PulseModel
import PulseSchemaFile

/// What a subcommand of `pulsed schema` has to say.
package struct SchemaReport {
    /// For standard output, with its last line break.
    package private(set) var output = ""
    /// Lines for standard error.
    package private(set) var problems: [String] = []
    package private(set) var status = ExitCode.success

    package static func check(path: String) -> SchemaReport {
        SchemaReport(path: path) { schema in
            let fieldCount = schema.models.reduce(0) { $0 + $1.fields.count }
            return "\(path): \(counted(schema.models.count, "model")), \(counted(fieldCount, "field")): fine\n"
        }
    }

    package static func print(path: String?) -> SchemaReport {
        guard let path else { return SchemaReport(output: SchemaFile.yaml(of: DefaultSchema.schema)) }
        return SchemaReport(path: path) { SchemaFile.yaml(of: $0) }
    }

    private init(output: String) {
        self.output = output
    }

    private init(path: String, output: (Schema) -> String) {
        do throws(SchemaFileError) {
            self.output = output(try SchemaFile.read(path: path))
        } catch {
            problems = error.lines
            status = error.isUnreadable ? ExitStatus.unreadableFile : ExitStatus.badSchema
        }
    }

    /// Prints everything, and ends the command with the status.
    func deliver() throws(ExitCode) {
        Swift.print(output, terminator: "")
        StandardError.write(problems)
        if status != .success { throw status }
    }
}
