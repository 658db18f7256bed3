import PulseBench
import Testing

@Suite struct CredentialsTests {
    @Test func `without a secret the user's name is the token`() {
        #expect(Credentials.names.token(of: "ada") == "ada")
    }

    @Test func `a signed token is the one that another library makes`() {
        let credentials = Credentials(secret: Array("0123456789abcdef0123456789abcdef".utf8))
        #expect(
            credentials.token(of: #"ad"a"#, now: 1000)
                == "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZFwiYSIsImlhdCI6MTAwMCwiZXhwIjo4NzQwMH0"
                + ".pwmWHHFF1VCcgkhyaa51OCqqFGjMXNTIwbxUwK3l1p8")
    }

    @Test func `a secret that is not there is told by its path`() async {
        await #expect(throws: BenchError.self) { try await Credentials(secretFile: "/nonexistent/secret") }
    }
}
