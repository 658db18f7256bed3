import PulseAuth
import PulseEngine
import Testing

@Suite("What is forwarded to the backend")
struct SessionQuestionTests {
    private let names = ["cookie", "authorization"]

    private func question(
        token: String? = nil, _ headers: [(String, String)] = [], from address: String? = nil, names: [String]? = nil
    ) -> SessionQuestion {
        SessionQuestion(
            Credentials(
                token: token, remoteAddress: address,
                headers: headers.map { Credentials.Header(name: $0.0, value: $0.1) }),
            headers: names ?? self.names)
    }

    @Test("the named fields are, in the order of the names, and the client's address")
    func named() {
        let headers = question(
            [("Authorization", "Basic eA=="), ("X-Other", "1"), ("Cookie", "a=1"), ("X-Forwarded-For", "6.6.6.6")],
            from: "10.0.0.7"
        ).headers
        #expect(
            headers.map { "\($0.name): \($0.value)" } == [
                "cookie: a=1", "authorization: Basic eA==", "accept: application/json", "x-forwarded-for: 10.0.0.7",
            ])
    }

    @Test("a token is, as Authorization, wherever it was shown")
    func token() {
        let fields = question(token: "T", [("authorization", "Basic eA==")]).fields
        #expect(fields.map(\.value) == ["Bearer T"])
        #expect(question(token: "T", names: ["cookie"]).fields.isEmpty)
    }

    @Test("nothing is where the client shows nothing")
    func nothing() {
        #expect(question([("x-other", "1")]).fields.isEmpty)
    }

    @Test("no value ends its line or the request", arguments: ["\r\nX-Admin: 1", "\n", "\r", "\0", "\u{7F}", "\u{1}"])
    func control(text: String) {
        #expect(!question(token: "a\(text)b").isSendable)
        #expect(!question([("cookie", "a\(text)b")]).isSendable)
        #expect(question(token: "a b\té").isSendable)
    }

    @Test("equal questions have one digest, others have others")
    func digest() {
        let questions = [
            question([("cookie", "a=1")]), question([("cookie", "a=1"), ("cookie", "b=2")]),
            question([("cookie", "a=1")], from: "10.0.0.7"), question([("cookie", "a=1authorization:x")]),
            question(token: "x", [("cookie", "a=1")]), question(token: "x"), question([("cookie", "Bearer x")]),
        ]
        #expect(Set(questions.map(\.digest)).count == questions.count)
        #expect(question(token: "x").digest == question([("Authorization", "Bearer x"), ("a", "b")]).digest)
    }
}
