import Foundation

extension ServeSettings.Authentication {
    static let forms = "insecure, jwt and the URL of a backend: http(s)://HOST/PATH, without a user"

    /// A method as it is written in settings; nil where it is none.
    public init?(_ text: String) {
        switch text {
        case "insecure": self = .insecure
        case "jwt": self = .jwt
        default:
            guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme),
                parts.host?.isEmpty == false, parts.port.map({ (1...65_535).contains($0) }) ?? true,
                parts.user == nil, parts.password == nil, parts.fragment == nil, let url = parts.url
            else { return nil }
            self = .backend(url)
        }
    }
}
