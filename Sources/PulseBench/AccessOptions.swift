import ArgumentParser

/// What a deployment asks of those who come in.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sign JSON Web Tokens (HS256, sub) with the secret in this file; without it, a user's name is the token.",
            valueName: "file"))
    var tokenSecret: String?

    @Option(
        help: ArgumentHelp(
            "Certificates, in PEM, to trust behind wss:// and https:// in place of the system's.", valueName: "file"))
    var cacert: String?

    /// - Throws: `BenchError` when a file cannot be read.
    func access(to endpoints: [Endpoint]) async throws -> Access {
        let isEncrypted = endpoints.contains(where: \.isEncrypted)
        guard cacert == nil || isEncrypted else {
            throw BenchError(.badOption, "--cacert is for wss:// and https:// addresses, and there is none.")
        }
        var credentials = Credentials.names
        if let tokenSecret { credentials = try await Credentials(secretFile: tokenSecret) }
        return try Access(credentials, isEncrypted: isEncrypted, authorities: cacert)
    }
}
