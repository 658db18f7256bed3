import PulseAuth

/// A key that guards nothing. It never changes, so that an input finds the same again.
struct FuzzKey {
    static let secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    let algorithm: TokenAlgorithm
    let signs: String
    let verifies: String

    static let all = [
        FuzzKey(algorithm: .hs256, signs: secret, verifies: secret),
        FuzzKey(
            algorithm: .es256,
            signs: """
                -----BEGIN PRIVATE KEY-----
                MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOTYaJgCJXEf7uUbr
                zfsWnS4BogI1WSPunSugmnzt4yihRANCAASdZp/t/wg1Qj6gLAZEQ2oai1dHelUV
                DX+gtWLfIhU84HhUm0YTeSCUyXgPDUWzPo049e4YbeEhJF233nax96BO
                -----END PRIVATE KEY-----
                """,
            verifies: """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnWaf7f8INUI+oCwGRENqGotXR3pV
                FQ1/oLVi3yIVPOB4VJtGE3kglMl4Dw1Fsz6NOPXuGG3hISRdt952sfegTg==
                -----END PUBLIC KEY-----
                """),
        FuzzKey(
            algorithm: .edDSA,
            signs: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIL0UetIybIYyndWl3HrHzvEiyWzSgeYLUtQ8lsrmg7OO
                -----END PRIVATE KEY-----
                """,
            verifies: """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEAbXgO2Ev5HB3L2q//rI0lZ8swixefsgcBGFZcXW5HvMg=
                -----END PUBLIC KEY-----
                """),
    ]
}
