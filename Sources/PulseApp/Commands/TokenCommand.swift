import ArgumentParser
import Foundation
import Logging
import NIOPosix
import PulseAuth
import PulseCommand
import PulseEngine
import PulseModel

/// `token`: JSON Web Tokens for development, and why one is refused.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a JSON Web Token for development, or explain one.",
        subcommands: [Mint.self, Check.self])

    fileprivate static func stop(_ sentence: String, _ status: ExitCode) -> ExitCode {
        StandardError.tell([sentence])
        return status
    }

    /// `token mint --key ALGORITHM:SOURCE --user ID`
    struct Mint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a token, for development and tests.")

        @Option(
            help: ArgumentHelp(
                "What to sign with, ALGORITHM:file:PATH or ALGORITHM:env:NAME: a secret (HS256:env:SECRET), or the PEM of a private key.",
                valueName: "key"))
        var key: String

        @Option(help: "The user id (sub).") var user: String

        @Option(help: ArgumentHelp("A group, as a claim of that name; once for each.", valueName: "name=value"))
        var group: [String] = []

        @Option(
            help: ArgumentHelp(
                "Another claim; its value is JSON, or a text where it is none. Once for each.", valueName: "name=value")
        )
        var claim: [String] = []

        @Option(help: ArgumentHelp("Seconds until it ends.", valueName: "seconds")) var expires: Int32 = 3_600

        @Option(help: ArgumentHelp("Whom it is meant for (aud); once for each.", valueName: "name"))
        var audience: [String] = []

        @Option(help: ArgumentHelp("Who issues it (iss).", valueName: "name")) var issuer: String?

        func run() async throws {
            do throws(KeyError) {
                let key = try await SigningKey(KeyReference(key))
                print(try key.token(claims()))
            } catch {
                throw TokenCommand.stop("\(error)", ExitStatus.badUsage)
            }
        }

        func validate() throws {
            for text in group + claim where text.split(separator: "=", maxSplits: 1).count != 2 {
                throw ValidationError("'\(text)' is no name=value.")
            }
        }

        private func claims() -> JSONObject {
            let now = Timestamp.now().microseconds / 1_000_000
            var members: [JSONObject.Member] = [
                .init(key: "sub", value: .string(user)), .init(key: "iat", value: .int(now)),
                .init(key: "exp", value: .int(now + Int64(expires))),
            ]
            if let issuer { members.append(.init(key: "iss", value: .string(issuer))) }
            if !audience.isEmpty {
                let names = audience.map(JSONValue.string)
                members.append(.init(key: "aud", value: names.count == 1 ? names[0] : .array(names)))
            }
            var names: [String] = []
            var values: [String: [JSONValue]] = [:]
            for (name, value) in group.map(Self.pair) {
                if values[name] == nil { names.append(name) }
                values[name, default: []].append(.string(value))
            }
            members += names.map { .init(key: $0, value: .array(values[$0] ?? [])) }
            members += claim.map(Self.pair).map { name, value in
                .init(key: name, value: (try? JSONValue.parse(value)) ?? .string(value))
            }
            return JSONObject(members)
        }

        private static func pair(_ text: String) -> (String, String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            return (parts[0], parts[1])
        }
    }

    /// `token check [TOKEN]`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is in a token, and whether a server with these settings would let it in.",
            discussion: "Ends with 0 where it would, with 1 where it would not.")

        @Argument(help: "The token; '-' for the first line of standard input.") var token: String

        @Option(
            help: ArgumentHelp("A YAML file with settings of 'serve'.", valueName: "file"),
            completion: .file(extensions: ["yaml", "yml"]))
        var config: String?

        @OptionGroup var options: TokenOptions

        func run() async throws {
            let settings: TokenSettings
            do throws(SettingsError) {
                settings = try await TokenSettings.read(options, config: config)
            } catch {
                StandardError.tell(error.problems)
                throw ExitStatus.badSettings
            }
            let text = token == "-" ? readLine() ?? "" : token
            var logger = Logger(label: Program.name, factory: { StreamLogHandler.standardError(label: $0) })
            logger.logLevel = .warning
            do {
                let group = MultiThreadedEventLoopGroup.singleton
                try await Authenticators.withKeys(settings, on: group, logger: logger) { keys in
                    try await Self.explain(text, by: JWTConfiguration(settings), keys)
                }
            } catch let error as KeyError {
                throw TokenCommand.stop("jwt-keys: \(error)", ExitStatus.badSettings)
            } catch let error as AuthenticationError {
                Self.say("refused: \(error)")
                throw ExitStatus.refused
            }
        }

        private static func explain(
            _ text: String, by configuration: JWTConfiguration, _ keys: KeyRing
        ) async throws(AuthenticationError) {
            let token = try CompactToken(text)
            say("header: \(line(token.header.object))")
            let claims = try token.claims()
            say("claims: \(line(claims))")
            say("signed with: \(try await keys.key(of: token))")
            let identity = try configuration.identity(from: claims, at: .now())
            let groups = identity.groups.map { "\($0.claim)=\($0.value)" }.joined(separator: ", ")
            say("accepted: user \(identity.user)\(groups.isEmpty ? "" : ", groups \(groups)")")
            if let actor = identity.actor { say("actor: \(actor)") }
            if let expires = identity.expires {
                let date = Date(timeIntervalSince1970: Double(expires.microseconds) / 1e6)
                say("until: \(date.formatted(.iso8601))")
            }
        }

        /// A line, whatever a token has in its texts.
        private static func say(_ line: String) {
            print(LogLine.plain(line))
        }

        private static func line(_ object: JSONObject) -> String {
            var writer = JSONWriter()
            // It has been parsed without a fault.
            try? writer.value(.object(object))
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}
