import Hummingbird
import NIOHTTP1
import NIOHTTPTypesHTTP1
import PulseEngine
import PulseModel

extension Admission {
    /// Who sends a request to a route. It shows that as a handshake does, and its Origin is judged as a handshake's is, for
    /// browsers send cookies along with whatever any page asks for.
    ///
    /// - Throws: ``AuthenticationError`` when what it shows is not accepted, or cannot be checked.
    package func admit(
        _ request: Request, context: RouteContext
    ) async throws(AuthenticationError) -> Identity {
        let headers = HTTPHeaders(request.headers)
        let client = proxies.client(
            behind: context.remoteAddress?.ipAddress.flatMap { IPAddress($0) },
            isSecure: request.head.scheme == "https", headers: headers)
        guard origins.allows(origins: headers["origin"], host: request.head.authority ?? "", scheme: client.scheme)
        else {
            throw AuthenticationError("its Origin is not allowed")
        }
        guard let target = RequestTarget(request.head.path ?? "") else {
            throw AuthenticationError("its target is malformed")
        }
        return try await admit(headers: headers, query: target.query, remoteAddress: client.address?.description)
    }
}
