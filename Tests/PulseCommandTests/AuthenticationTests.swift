import Foundation
import PulseCommand
import Testing

@Suite("Methods of authentication")
struct AuthenticationTests {
    @Test("names are methods, and so are URLs of backends")
    func forms() throws {
        #expect(ServeSettings.Authentication("insecure") == .insecure)
        #expect(ServeSettings.Authentication("jwt") == .jwt)
        for text in ["http://127.0.0.1:8000/pulse/session/", "https://app.example.com/?a=b", "http://[::1]:8000/"] {
            #expect(ServeSettings.Authentication(text) == .backend(try #require(URL(string: text))))
        }
    }

    @Test(
        "a backend is a URL with a host and without a user",
        arguments: [
            "", "magic", "http://", "http:///session", "https://user:pass@host/", "https://user@host/", "ftp://host/",
            "host/session", "http:host", "http://host:0/", "http://host:65536/", "http://host/#a", "http://ho st/",
        ])
    func wrong(text: String) {
        #expect(ServeSettings.Authentication(text) == nil)
    }
}
