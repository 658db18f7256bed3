import Foundation
import PulseCommand
import PulseModel
import PulseSchemaFile
import Testing

@Suite("The command schema")
struct SchemaCommandTests {
    private let own = DefaultSchema.schema

    @Test("check says how much a good file holds")
    func goodFile() async throws {
        try await withFile("models:\n  - {name: a, scope: user, fields: [{name: b, type: text}]}\n") { path in
            let report = SchemaReport.check(path: path, own: own)
            #expect(report.output == "\(path): 1 model, 1 field: fine\n")
            #expect(report.problems.isEmpty)
            #expect(report.status == .success)
        }
    }

    @Test("check counts collections where there are some")
    func collections() async throws {
        try await withFile("collections: [{name: a, scope: user}, {name: b, scope: global}]\n") { path in
            let report = SchemaReport.check(path: path, own: own)
            #expect(report.output == "\(path): 0 models, 0 fields, 2 collections: fine\n")
        }
    }

    @Test("check tells every problem, and ends with 1")
    func badFile() async throws {
        try await withFile("models:\n  - {name: A, scope: usr, fields: []}\n") { path in
            let report = SchemaReport.check(path: path, own: own)
            #expect(report.output.isEmpty)
            #expect(report.problems.count == 2)
            #expect(report.problems.last == "\(path):2:22: there is no scope 'usr'; did you mean 'user'?")
            #expect(report.status == ExitStatus.badSchema)
        }
    }

    @Test("a file that is not there ends with 66")
    func missingFile() {
        #expect(SchemaReport.check(path: "/nowhere.yaml", own: own).status == ExitStatus.unreadableFile)
        #expect(SchemaReport.print(path: "/nowhere.yaml", own: own).status == ExitStatus.unreadableFile)
    }

    @Test("print without a file writes the program's own schema, which reads as itself")
    func ownSchema() throws {
        let report = SchemaReport.print(path: nil, own: own)
        #expect(try SchemaFile.read(yaml: report.output) == own)
    }

    @Test("check without a file says how much the program's own schema holds")
    func countOfOwnSchema() {
        #expect(SchemaReport.check(path: nil, own: own).output == "the built-in schema: 2 models, 6 fields: fine\n")
    }

    @Test("the example is the built-in schema")
    func example() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let schema = try SchemaFile.read(path: root.appendingPathComponent("Examples/schema.yaml").path)
        #expect(schema == DefaultSchema.schema)
    }
}
