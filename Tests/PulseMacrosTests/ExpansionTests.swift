import Foundation
import Testing

@Suite struct ExpansionTests {
    @Test(arguments: try Sample.all("Right"))
    func `A model expands to the code that stands beside it`(_ sample: Sample) throws {
        let verdict = try Compiler.check(sample.file, "-dump-macro-expansions")
        #expect(verdict.isAccepted, "\(verdict.output)")
        let expected = sample.file.deletingPathExtension().appendingPathExtension("expansion")
        #expect(try verdict.expansions == String(contentsOf: expected, encoding: .utf8))
    }
}

extension Compiler.Verdict {
    /// The code of all expansions, without the names and rules between them.
    fileprivate var expansions: String {
        let parts = output.components(separatedBy: "------------------------------\n")
        let code = parts.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        return code.filter { !$0.allSatisfy(\.isWhitespace) }.joined()
    }
}
