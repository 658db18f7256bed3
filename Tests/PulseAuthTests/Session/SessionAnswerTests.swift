import PulseAuth
import PulseModel
import Testing

@Suite("The backend's answer")
struct SessionAnswerTests {
    private static let now = Timestamp(microseconds: 1_000_000_000_000_000)

    private func answer(_ status: Int, _ body: String) -> SessionAnswer {
        SessionAnswer(status: status, body: Array(body.utf8), now: Self.now)
    }

    @Test("a full answer becomes an identity")
    func full() throws {
        let body = #"""
            {"user_id": 17, "groups": {"team": ["7", 9], "firm": "acme"}, "expires_in": 60, "claims": {"plan": "pro"},
             "extra": [1]}
            """#
        guard case .accepted(let identity, let span) = answer(200, body) else {
            Issue.record("not accepted")
            return
        }
        #expect(identity.user.text == "17")
        #expect(identity.groups.map { "\($0.claim)=\($0.value)" } == ["team=7", "team=9", "firm=acme"])
        #expect(identity.claims == ["plan": "pro"])
        #expect(identity.expires == Timestamp(microseconds: Self.now.microseconds + 60_000_000))
        #expect(span == .seconds(60))
    }

    @Test(
        "a user is a string or an integer; the rest may be missing or null",
        arguments: [
            (#"{"user_id": "ann"}"#, "ann"), (#"{"user_id": 0}"#, "0"), (#"{"user_id": -4}"#, "-4"),
            (#"{"user_id": "1", "groups": null, "expires_in": null, "claims": null}"#, "1"),
            (#"{"user_id": "1", "groups": {}, "claims": {}}"#, "1"),
            (#"{"user_id": "1", "groups": {"team": []}}"#, "1"),
        ])
    func least(body: String, user: String) throws {
        let identity = Identity(user: try #require(UserID(user)), issued: Self.now)
        #expect(answer(200, body) == .accepted(identity, for: nil))
    }

    @Test("an end beyond all calendars is no overflow")
    func longest() throws {
        guard case .accepted(let identity, _) = answer(200, #"{"user_id": 1, "expires_in": 9223372036854775807}"#)
        else {
            Issue.record("not accepted")
            return
        }
        #expect(try #require(identity.expires) > Self.now)
    }

    @Test(
        "nobody is refused",
        arguments: [
            (401, ""), (403, "<html>"), (200, #"{"user_id": null}"#), (200, #"{"user_id": 1, "expires_in": 0}"#),
            (200, #"{"user_id": 1, "expires_in": -9223372036854775808}"#),
        ])
    func nobody(status: Int, body: String) {
        guard case .refused = answer(status, body) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("any other status says nothing of the client", arguments: [201, 204, 301, 302, 304, 400, 404, 429, 500, 503])
    func status(_ status: Int) {
        #expect(answer(status, #"{"user_id": 1}"#) == .unavailable("the backend answered \(status)"))
    }

    @Test(
        "garbage says nothing of the client",
        arguments: [
            "", " ", "null", "1", "[]", "\"1\"", "{}", "<html>", "{", #"{"user_id": 1}{}"#, #"{"user_id": 1,}"#,
            "\u{FEFF}{\"user_id\": 1}", #"{"user_id": 1, "user_id": 2}"#, #"{"user_id": 1, "user\u005fid": 2}"#,
            #"{"user_id": ""}"#, #"{"user_id": true}"#, #"{"user_id": 1.0}"#, #"{"user_id": 1e3}"#,
            #"{"user_id": 9223372036854775808}"#, #"{"user_id": NaN}"#, #"{"user_id": ["1"]}"#,
            #"{"user_id": {"a": 1}}"#,
            #"{"user_id": "a\u0000b"}"#, #"{"user_id": "a\nb"}"#, #"{"user_id": "\ud800"}"#,
            #"{"user_id": "\#(String(repeating: "a", count: 256))"}"#, #"{"User_ID": 1}"#, #"{"userId": 1}"#,
            #"{"user_id": 1, "groups": []}"#, #"{"user_id": 1, "groups": "team"}"#,
            #"{"user_id": 1, "groups": {"te am": ["7"]}}"#, #"{"user_id": 1, "groups": {"": ["7"]}}"#,
            #"{"user_id": 1, "groups": {"team": [null]}}"#, #"{"user_id": 1, "groups": {"team": null}}"#,
            #"{"user_id": 1, "groups": {"team": [[7]]}}"#, #"{"user_id": 1, "groups": {"team": {"7": 1}}}"#,
            #"{"user_id": 1, "groups": {"team": [true]}}"#, #"{"user_id": 1, "groups": {"team": ["*\u0007"]}}"#,
            #"{"user_id": 1, "groups": {"team": ["1"], "team": ["2"]}}"#,
            #"{"user_id": 1, "expires_in": "60"}"#, #"{"user_id": 1, "expires_in": 1.5}"#,
            #"{"user_id": 1, "expires_in": 1e400}"#, #"{"user_id": 1, "expires_in": false}"#,
            #"{"user_id": 1, "claims": []}"#, #"{"user_id": 1, "claims": {"a": "\ud800"}}"#,
            String(repeating: "[", count: 60_000), String(repeating: #"{"user_id":"#, count: 6_000),
        ])
    func garbage(body: String) {
        guard case .unavailable(let reason) = answer(200, body) else {
            Issue.record("taken for an answer")
            return
        }
        #expect(reason.hasPrefix("the backend's answer is not understood: "))
    }

    @Test("bytes that are no UTF-8 are garbage")
    func notUTF8() {
        let body = Array(#"{"user_id": "a"}"#.utf8).map { $0 == UInt8(ascii: "a") ? 0xFF : $0 }
        guard case .unavailable = SessionAnswer(status: 200, body: body, now: Self.now) else {
            Issue.record("taken for an answer")
            return
        }
    }
}
