import PulseModel
import Testing

@Suite struct JSONDepthTests {
    private func nested(_ open: String, _ close: String, _ depth: Int) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    @Test(arguments: [0, 1, 2, 32, 64, 256], [("[", "]"), ("{\"a\":", "}"), (" [ ", " ] ")])
    func `As many levels as allowed are taken, and not one more`(depth: Int, brackets: (String, String)) throws {
        let limits = JSONLimits(maximumDepth: depth)
        _ = try JSONValue.parse(nested(brackets.0, brackets.1, depth), limits: limits)
        #expect(throws: JSONError.self) {
            try JSONValue.parse(nested(brackets.0, brackets.1, depth + 1), limits: limits)
        }
    }

    @Test func `Thirty-two levels are allowed by default`() throws {
        _ = try JSONValue.parse(nested("[", "]", 32))
        #expect(throws: JSONError.self) { try JSONValue.parse(nested("[", "]", 33)) }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func `A hundred thousand levels are too deep and do no harm`(open: String) {
        let text = String(repeating: open, count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue.parse(text, limits: JSONLimits(maximumDepth: 256)) }
    }

    @Test func `Siblings do not count as depth`() throws {
        let text = "[" + Array(repeating: "[{}]", count: 1000).joined(separator: ",") + "]"
        _ = try JSONValue.parse(text, limits: JSONLimits(maximumDepth: 3))
    }
}
