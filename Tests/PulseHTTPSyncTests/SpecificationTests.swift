import Foundation
import PulseHTTPSync
import PulseModel
import Testing
import Yams

@Suite("The specification that is served")
struct SpecificationTests {
    @Test("it is Protocol/offline-sync.yaml; where it is not, run Scripts/embed-offline-sync.py")
    func isTheFile() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Protocol/offline-sync.yaml"), encoding: .utf8)
        let file = try #require(try Yams.compose(yaml: text))
        let served = try #require(try Yams.compose(yaml: Specification.json))
        #expect(file == served)
        #expect(throws: Never.self) { try JSONValue.parse(Specification.json) }
    }
}
