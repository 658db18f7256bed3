import ArgumentParser
import Foundation
import PulseCommand
import Testing

@Suite("Locations of stores")
struct StoreLocationTests {
    @Test(
        "a location is printed without user, password and options",
        arguments: [
            ("sqlite:pulse.db", "sqlite:pulse.db"),
            ("sqlite:/var/p@q.db", "sqlite:/var/p@q.db"),
            ("mongodb://localhost", "mongodb://localhost"),
            ("mongodb://ada:secret@localhost:27017/app", "mongodb://localhost:27017/app"),
            ("mongodb://ada:se%40cret@a:1,b:2,[::1]:3,[::2]/app?replicaSet=r", "mongodb://a:1,b:2,[::1]:3,[::2]/app"),
            ("mongodb://:secret@a/?tlsCertificateKeyFilePassword=secret", "mongodb://a/"),
            ("mongodb://a?proxyPassword=secret", "mongodb://a"),
            ("mongodb://%2Ftmp%2Fmongodb-27017.sock/app", "mongodb://%2Ftmp%2Fmongodb-27017.sock/app"),
            ("mongodb+srv://ada:secret@db.example.com/app", "mongodb+srv://db.example.com/app"),
        ])
    func description(text: String, printed: String) throws {
        let location = try #require(StoreLocation(text))
        #expect("\(location)" == printed)
        #expect(!String(reflecting: location).contains("secret"))
        #expect(StoreLocation(text) == location)
    }

    @Test(
        "a password may be anywhere in a complaint's text, and is not told",
        arguments: [
            "mongodb://ada:sec/ret@host", "mongodb://ada:sec?ret@host", "mongodb://ada:sec#ret@host",
            "mongodb://ada:sec@ret@host", "mongodb://ada:secret", "mongodb:/ada:secret@host", "mongodb:ada:secret",
            "MongoDB://ada:secret@host", "mongodb+srv:ada:secret", "mongo://ada:secret@host", "ada:secret@host",
            "mongodb://ada:secret@", "mongodb://ada:secret@a,", "mongodb://ada:secret@h\u{F6}st",
            "mongodb://ada:s e@host",
            "mongodb://ada:secret@\u{301}host", "mongodb://h?authMechanismProperties=AWS_SESSION_TOKEN:sec@ret",
        ])
    func secrecy(text: String) async throws {
        #expect(StoreLocation(text) == nil)
        let options = try ServeOptions.parse(["--auth", "insecure"])
        let error = try await #require(throws: SettingsError.self) {
            _ = try await ServeSettings.read(options, environment: ["PULSE_STORE": text])
        }
        let complaint =
            "'…' is no store; a store is sqlite:FILE or mongodb://HOST/DATABASE, where an '@' in a password is written as %40"
        #expect(error.problems == ["PULSE_STORE: \(complaint)"])
        let routeError = try #require(throws: SettingsError.self) { try CopyRoute(from: text, to: text) }
        #expect(routeError.problems == ["--from: \(complaint)", "--to: \(complaint)"])
    }

    @Test("what is no location is told", arguments: ["", "sqlite:", "pulse.db", "sqlite:a\0b", "postgres://host/db"])
    func nonsense(text: String) throws {
        #expect(StoreLocation(text) == nil)
        let error = try #require(throws: SettingsError.self) { try CopyRoute(from: "sqlite:a", to: text) }
        #expect(error.problems.count == 1)
        #expect(error.problems[0].hasPrefix("--to: '\(text)' is no store; a store is sqlite:FILE or mongodb://"))
    }

    @Test(
        "a store is not copied to where it is",
        arguments: [
            ("sqlite:a.db", "sqlite:./b/../a.db"), ("sqlite:/tmp/no/a.db", "sqlite:/tmp/no//a.db"),
            ("mongodb://ada:1@h/d", "mongodb://bob:2@h/d?w=1"),
        ])
    func same(source: String, target: String) throws {
        let error = try #require(throws: SettingsError.self) { try CopyRoute(from: source, to: target) }
        #expect(error.problems.count == 1)
        #expect(error.problems[0].hasPrefix("--from and --to are the same store, "))
        _ = try CopyRoute(from: source, to: "sqlite:other.db")
    }

    @Test("a link to a file is the file")
    func link() async throws {
        try await withFile("") { path in
            try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
            defer { try? FileManager.default.removeItem(atPath: path + ".link") }
            #expect(throws: SettingsError.self) { try CopyRoute(from: "sqlite:\(path)", to: "sqlite:\(path).link") }
        }
    }
}
