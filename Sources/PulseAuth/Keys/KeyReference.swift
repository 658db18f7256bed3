import Foundation
import NIOCore

/// Where a key is, and what it is used for: `ALGORITHM:SOURCE`, as in `HS256:env:SECRET`, `EdDSA:file:/etc/key.pem` or
/// `RS256+ES256:https://id.example/jwks.json`.
///
/// The algorithms are decided here and nowhere else. Secrets (HS…) do not come by URL and do not share a reference with
/// key pairs.
public struct KeyReference: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        /// A PEM, a JSON Web Key Set, or a secret. Read again when it changes.
        case file(String)
        /// The name of an environment variable that holds one of these.
        case environment(String)
        /// A JSON Web Key Set; `http` on this machine only.
        case url(String)
    }

    public let algorithms: [TokenAlgorithm]
    public let place: Place

    /// - Throws: ``KeyError``; it repeats nothing of the text, which may be a secret by mistake.
    public init(_ text: String) throws(KeyError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Self.form }
        var algorithms: [TokenAlgorithm] = []
        for name in parts[0].split(separator: "+", omittingEmptySubsequences: false) {
            guard let algorithm = TokenAlgorithm(rawValue: String(name)) else {
                let names = TokenAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
                throw KeyError("a key begins with its algorithm, one of \(names)")
            }
            if !algorithms.contains(algorithm) { algorithms.append(algorithm) }
        }
        let isSymmetric = algorithms.contains(where: \.isSymmetric)
        guard !isSymmetric || algorithms.allSatisfy(\.isSymmetric) else {
            throw KeyError(
                "HS256, HS384 and HS512 take secrets, the other algorithms take key pairs: give one for each")
        }
        self.algorithms = algorithms
        place = try Self.place(String(parts[1]))
        if case .url = place, isSymmetric { throw KeyError("a secret comes from a file or the environment, by no URL") }
    }

    private static func place(_ text: String) throws(KeyError) -> Place {
        if text.hasPrefix("https://") || text.hasPrefix("http://") { return .url(try url(text)) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { throw form }
        switch parts[0] {
        case "file": return .file(parts[1])
        case "env": return .environment(parts[1])
        default: throw form
        }
    }

    private static func url(_ text: String) throws(KeyError) -> String {
        guard let url = URL(string: text), let host = url.host, !host.isEmpty, url.user == nil, url.fragment == nil
        else {
            throw KeyError("no URL of a host, without user and fragment")
        }
        guard url.scheme == "https" || isLoopback(host) else {
            throw KeyError("keys that come by http can be changed on their way: use https, or a server on this machine")
        }
        return text
    }

    private static func isLoopback(_ host: String) -> Bool {
        switch try? SocketAddress(ipAddress: host, port: 0) {
        case .v4(let address)?: address.address.sin_addr.s_addr.bigEndian >> 24 == 127
        case .v6?: host == "::1"
        default: host == "localhost"
        }
    }

    private static let form = KeyError(
        "a key is ALGORITHM:file:PATH, ALGORITHM:env:NAME or ALGORITHM:https://…, such as HS256:env:SECRET")
}

extension KeyReference: CustomStringConvertible {
    /// The reference as it was given, but for the query of a URL, which may be secret.
    public var description: String {
        switch place {
        case .file(let path): "\(algorithmNames):file:\(path)"
        case .environment(let name): "\(algorithmNames):env:\(name)"
        case .url(let url): "\(algorithmNames):\(url.prefix { $0 != "?" })"
        }
    }

    var algorithmNames: String { algorithms.map(\.rawValue).joined(separator: "+") }
}
