import Hummingbird

/// The token that operators and their services show.
package enum AdminToken {
    /// Whether a request shows the token. Takes as long for one that is nearly right as for any other of its length.
    ///
    /// - Parameter token: nil where there is none, and nobody can show it.
    package static func isShown(in request: Request, _ token: String?) -> Bool {
        guard let token, let shown = request.headers[.authorization].flatMap(BearerField.token),
            shown.utf8.count == token.utf8.count
        else { return false }
        return zip(shown.utf8, token.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
