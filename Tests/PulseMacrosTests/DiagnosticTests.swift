import Foundation
import Testing

/// The samples say in comments which errors the compiler has for the line above, and which fixes it proposes.
@Suite struct DiagnosticTests {
    @Test(arguments: try Sample.all("Wrong") + Sample.all("Fixable"))
    func `What cannot be synced is told at the property, and nothing else is`(_ sample: Sample) throws {
        let verdict = try Compiler.check(sample.file, "-verify")
        #expect(verdict.isAccepted, "\(verdict.output)")
        #expect(try sample.text.contains("expected-error"))
    }

    @Test(arguments: try Sample.all("Fixable"))
    func `A model is right once the proposed fixes are made`(_ sample: Sample) throws {
        let fixed = FileManager.default.temporaryDirectory.appending(path: "fixed-\(UUID()).swift")
        try sample.fixedText.write(to: fixed, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: fixed) }
        #expect(try !Compiler.check(sample.file).isAccepted)
        let verdict = try Compiler.check(fixed)
        #expect(verdict.isAccepted, "\(verdict.output)")
    }
}

extension Sample {
    /// The text with all fixes made that its comments expect: `expected-note@-2 {{replace …}} {{5-8=var}}`.
    fileprivate var fixedText: String {
        get throws {
            var lines = try text.components(separatedBy: "\n")
            let fix = /expected-note@-(\d+) .*\{\{(\d+)-(\d+)=(.*)\}\}$/
            for (index, comment) in lines.enumerated() {
                guard let match = comment.firstMatch(of: fix), let above = Int(match.1), let start = Int(match.2),
                    let end = Int(match.3)
                else { continue }
                var line = Array(lines[index - above].utf8)
                line.replaceSubrange(start - 1..<end - 1, with: match.4.utf8)
                lines[index - above] = String(decoding: line, as: UTF8.self)
            }
            return lines.joined(separator: "\n")
        }
    }
}
