import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import PulseCommand
import PulseModel

/// `kick USER`: has a running server send a user away.
struct KickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick", abstract: "End a user's connections to all workers of a store.",
        discussion: """
            The user may come back, unless --revoke is given: then tokens made up to now, and those that do not say when \
            they were made, are not accepted for 30 days, or until --lift. Who is let in by a session of your own backend \
            has to be shut out there as well. One worker is asked; the others follow within \
            two seconds. The token is that of --admin-token-file, or of PULSE_ADMIN_TOKEN. Ends with 0 when the decision \
            is durable, with 69 where the server does not do it.
            """)

    @Argument(help: "The user's id.") var user: String
    @Flag(help: "Accept no token any more that was made before.") var revoke = false
    @Flag(help: "Take an earlier revocation back, and end no connection.") var lift = false
    @Option(help: "Why, for whoever looks into the store.") var reason: String?
    @Option(help: ArgumentHelp("A worker's address.", valueName: "url")) var url = "http://127.0.0.1:8080"
    @Option(help: ArgumentHelp("The file with the admin token.", valueName: "file"), completion: .file())
    var adminTokenFile: String?

    /// How long the worker is waited for.
    private static let patience = TimeAmount.seconds(30)

    func validate() throws {
        if lift, revoke { throw ValidationError("--lift and --revoke cannot go together.") }
        if UserID(user) == nil { throw ValidationError("'\(user)' is no user id.") }
    }

    func run() async throws {
        let url = url.last == "/" ? String(url.dropLast()) : url
        var request = HTTPClientRequest(url: "\(url)/admin/\(lift ? "lift" : "kick")")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(try token())")
        request.body = .bytes(body)
        let answer: (isDone: Bool, text: String)
        do {
            // Whoever redirects is no worker.
            let configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            answer = try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let response = try await client.execute(request, timeout: Self.patience)
                let text = String(buffer: try await response.body.collect(upTo: 4_096))
                return (response.status == .ok, text.isEmpty ? "\(url) answered \(response.status)" : text)
            }
        } catch {
            answer = (false, "\(url) cannot be asked: \(error)")
        }
        let text = answer.text.trimmingCharacters(in: .newlines)
        guard answer.isDone else {
            StandardError.tell([text])
            throw ExitStatus.unavailable
        }
        print(text)
    }

    private var body: [UInt8] {
        var members: [JSONObject.Member] = [.init(key: "user", value: .string(user))]
        if revoke { members.append(.init(key: "revoke", value: true)) }
        if let reason { members.append(.init(key: "reason", value: .string(reason))) }
        var writer = JSONWriter()
        // Cannot fail: the texts are Unicode.
        try? writer.value(.object(JSONObject(members)))
        return writer.bytes
    }

    private func token() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let file = adminTokenFile ?? environment["PULSE_ADMIN_TOKEN_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        do throws(SettingsError) {
            if let token = try AdminToken.read(file: file, named: "--admin-token-file") { return token.text }
            StandardError.tell(["there is no admin token; name its file by --admin-token-file"])
        } catch {
            StandardError.tell(error.problems)
        }
        throw ExitStatus.badSettings
    }
}
