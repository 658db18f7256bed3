import PulseAuth
import Testing

@Suite("The form of tokens")
struct TokenFormTests {
    @Test(
        "unsigned tokens are refused, however none is written",
        arguments: ["none", "None", "NONE", "nOnE", "", "hs256", " HS256", "HS256\\u0000", "HS-256", "dir", "A128KW"])
    func unsigned(name: String) async throws {
        let signed = "\(Forge.part(#"{"alg":"\#(name)"}"#)).\(Forge.part(goodClaims))"
        let signature = try await Forge.token().split(separator: ".")[2]
        try await withDoor { door in
            for token in [signed, "\(signed).", "\(signed).\(signature)"] {
                #expect(await door.refusal(token) != nil)
            }
        }
    }

    @Test("what is not three parts of canonical base64url is refused")
    func parts() async throws {
        let good = try await Forge.token()
        let parts = good.split(separator: ".").map(String.init)
        let (header, claims, signature) = (parts[0], parts[1], parts[2])
        let bad: [String?] = [
            nil, "", ".", "..", "null", "Bearer", "Bearer \(good)", " \(good)", "\(good) ", "\(good)\n", "\(good).",
            ".\(good)",
            "\(header).\(claims)", "\(header).\(claims).", "\(header)..\(signature)", ".\(claims).\(signature)",
            "\(good).\(signature).\(signature)", "\(good).\(signature)",
            "\(header)=.\(claims).\(signature)", "\(header).\(claims)==.\(signature)", "\(good)=",
            "\(header).\(claims).\(signature.replacing("_", with: "/").replacing("-", with: "+"))+",
            "\(header).\(claims).\(signature.prefix(20)) \(signature.suffix(23))",
            #"{"payload":"\#(claims)","signatures":[{"protected":"\#(header)","signature":"\#(signature)"}]}"#,
            #"{"payload":"\#(claims)","protected":"\#(header)","signature":"\#(signature)"}"#,
            String(repeating: "a", count: 100_000), String(repeating: ".", count: 5_000), "\u{0}", "é.é.é",
        ]
        try await withDoor { door in
            #expect(await door.user(good) == "17")
            for token in bad { #expect(await door.refusal(token) != nil, "\(token ?? "none")") }
        }
    }

    @Test("bits that are left over in the last character must be zero")
    func leftoverBits() async throws {
        let good = try await Forge.token()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(good.last)
        let index = try #require(alphabet.firstIndex(of: last))
        // 32 bytes end with four bits of the last character: three others stand for the same bytes.
        try await withDoor { door in
            for other in [1, 2, 3].map({ alphabet[index | $0] }) where other != last {
                #expect(
                    await door.refusal(good.dropLast() + String(other)) == "signature: not base64url without padding")
            }
        }
    }

    @Test("a token of more than 8 KiB is refused before it is looked at")
    func size() async throws {
        try await withDoor { door in
            let claims = #"{"sub":"17","exp":1800000060,"x":"\#(String(repeating: "x", count: 5_000))"}"#
            let token = try await Forge.token(claims: claims)
            #expect(await door.user(token) == "17")
            let huge = #"{"sub":"17","exp":1800000060,"x":"\#(String(repeating: "x", count: 7_000))"}"#
            let hugeOne = try await Forge.token(claims: huge)
            #expect(await door.refusal(hugeOne) == "the token has more than 8192 bytes")
        }
    }

    @Test(
        "a header that asks for more, or for something else, is refused",
        arguments: [
            (#"{"alg":"HS256","crit":["exp2"],"exp2":1}"#, "header: crit asks for what is not known here"),
            (#"{"alg":"HS256","crit":[]}"#, "header: crit asks for what is not known here"),
            (#"{"alg":"HS256","crit":["b64"],"b64":false}"#, "header: crit asks for what is not known here"),
            (#"{"alg":"HS256","alg":"HS256"}"#, "header: a key that is there twice"),
            (#"{"alg":"none","\u0061lg":"HS256"}"#, "header: a key that is there twice"),
            (#"{"alg":["HS256"]}"#, "header: alg is no text"),
            (#"{"alg":null}"#, "header: alg is no text"),
            (#"{}"#, "header: alg is no text"),
            (#"{"typ":"JWT"}"#, "header: alg is no text"),
            (#"["HS256"]"#, "header: not a JSON object"),
            (#""HS256""#, "header: not a JSON object"),
            (#"{"alg":"HS256",}"#, "header: not JSON (syntax at byte 15)"),
            (#"{"alg":"HS256"}{}"#, "header: not JSON (trailingData at byte 15)"),
            (#"{"alg":"HS256","x":[[[[[]]]]]}"#, "header: not JSON (tooDeep at byte 22)"),
            ("\u{FEFF}" + #"{"alg":"HS256"}"#, "header: not JSON (byteOrderMark at byte 0)"),
            (#"{"alg":"HS256","x":"\ud800"}"#, "header: a text with half a surrogate pair"),
            (#"{"alg":"HS256","kid":7}"#, "header: kid is no text"),
            (#"{"alg":"HS256","kid":null}"#, "header: kid is no text"),
            (#"{"alg":"HS256","kid":["a"]}"#, "header: kid is no text"),
            (#"{"alg":"HS256","typ":"refresh+jwt"}"#, "header: typ is not that of an access token"),
            (#"{"alg":"HS256","typ":"logout+jwt"}"#, "header: typ is not that of an access token"),
            (#"{"alg":"HS256","typ":"dpop+jwt"}"#, "header: typ is not that of an access token"),
            (#"{"alg":"HS256","typ":"JWE"}"#, "header: typ is not that of an access token"),
            (#"{"alg":"HS256","typ":""}"#, "header: typ is not that of an access token"),
            (#"{"alg":"HS256","typ":null}"#, "header: typ is not that of an access token"),
        ])
    func header(text: String, refusal: String) async throws {
        let token = try await Forge.token(header: text)
        try await withDoor { #expect(await $0.refusal(token) == refusal) }
    }

    @Test(
        "a header of an access token is taken, with whatever it carries that nobody looks at",
        arguments: [
            #"{"alg":"HS256","typ":"JWT"}"#, #"{"alg":"HS256","typ":"jwt"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#,
            #"{"alg":"HS256","typ":"application/at+jwt"}"#, #"{ "typ" : "JWT", "alg" : "HS256" }"#,
            #"{"alg":"HS256","kid":"any"}"#, #"{"alg":"HS256","x5t":"AA","cty":"JWT"}"#,
        ])
    func goodHeader(text: String) async throws {
        let token = try await Forge.token(header: text)
        try await withDoor { #expect(await $0.user(token) == "17") }
    }

    @Test("an encrypted token and a token in a token are refused")
    func nested() async throws {
        let inner = try await Forge.token()
        let outer = try await Forge.token(header: #"{"alg":"HS256","cty":"JWT"}"#, claims: inner)
        let text = try await Forge.token(header: #"{"alg":"HS256","cty":"JWT"}"#, claims: #""\#(inner)""#)
        let encrypted = "\(Forge.part(#"{"alg":"dir","enc":"A128GCM"}"#))..AAAA.AAAA.AAAA"
        try await withDoor { door in
            #expect(await door.refusal(outer) == "claims: not JSON (syntax at byte 0)")
            #expect(await door.refusal(text) == "claims: not a JSON object")
            #expect(await door.refusal(encrypted) == "the token has 5 parts, not the three of a signed one")
        }
    }
}
