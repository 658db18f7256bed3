import PulseModel
import PulseWire
import Testing

@Suite struct AuthTests {
    @Test func `A token comes as it was sent`() throws {
        let token = String(repeating: "x", count: 8_192)
        guard case .auth(let auth) = try decode(#"{"type":"AUTH","token":"\#(token)"}"#) else {
            Issue.record("not an AUTH")
            return
        }
        #expect(auth.token == token)
    }

    @Test(arguments: ["", #","token":null"#, #","token":7"#, #","token":"""#, #","token":"\ud800""#])
    func `A token is a string`(member: String) throws {
        #expect(try refusal(of: #"{"type":"AUTH"\#(member)}"#).code == .badField)
    }

    @Test func `A token is no longer than a header may be, and is not repeated in the refusal`() throws {
        let error = try refusal(of: #"{"type":"AUTH","token":"\#(String(repeating: "x", count: 8_193))"}"#)
        #expect(error.code == .badField)
        #expect(!error.message.contains("xx"))
    }

    @Test func `An ack says how long the token lasts`() {
        #expect(payload { $0.appendAuthAck(expiresIn: 900) } == #"{"type":"AUTH_ACK","expires_in":900}"#)
        #expect(payload { $0.appendAuthAck(expiresIn: nil) } == #"{"type":"AUTH_ACK","expires_in":null}"#)
    }
}
