import HTTPTypes
import Hummingbird
import Logging
import PulseEngine
import PulseModel

/// What an operator can ask of a running worker; everything is JSON. Requests for other paths pass.
///
/// | request | answer |
/// |---|---|
/// | `POST /admin/kick` `{"user": "7", "revoke": true, "reason": "stolen phone"}` | 200 once it is durable; every worker follows within two seconds |
/// | `POST /admin/lift` `{"user": "7"}` | the same: an earlier revocation is taken back |
/// | `GET /admin/connections`, `?user=7` | `{"connections": 2}`, of this worker |
struct AdminRoutes: RouterMiddleware {
    typealias Context = RouteContext

    let token: String
    let engine: SyncEngine
    let registry: SessionRegistry
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let route = Route(rawValue: request.uri.path) else { return try await next(request, context) }
        guard AdminToken.isShown(in: request, token) else {
            logger.notice("an admin request without the token was refused")
            return .error(.unauthorized, "The admin token is missing or wrong.", [.wwwAuthenticate: "Bearer"])
        }
        guard request.method == route.method else {
            return .error(.methodNotAllowed, "This takes \(route.method).", [.allow: route.method.rawValue])
        }
        do throws(AdminError) {
            switch route {
            case .connections: return try count(request)
            case .kick, .lift: return try await decide(try await AdminDecision(request, isLift: route == .lift))
            }
        } catch {
            return .error(error.status, error.message)
        }
    }

    private enum Route: String {
        case connections = "/admin/connections"
        case kick = "/admin/kick"
        case lift = "/admin/lift"

        var method: HTTPRequest.Method { self == .connections ? .get : .post }
    }

    private func count(_ request: Request) throws(AdminError) -> Response {
        guard let text = request.uri.queryParameters["user"] else {
            return .json(.ok, [("connections", .int(Int64(registry.count(of: nil))))])
        }
        guard let user = UserID(String(text)) else { throw .badUser }
        return .json(.ok, [("connections", .int(Int64(registry.count(of: user))))])
    }

    private func decide(_ asked: AdminDecision) async throws(AdminError) -> Response {
        do {
            try await engine.decide(asked.decision, about: asked.user, reason: asked.reason)
        } catch {
            logger.error("an operator's decision was not stored", metadata: ["error": "\(error)"])
            throw AdminError(.serviceUnavailable, "The store does not answer just now. Send it again.")
        }
        let decision = asked.decision.rawValue
        logger.notice("an operator has decided", metadata: ["decision": "\(decision)", "user": "\(asked.user)"])
        return .json(.ok, [("user", .string(asked.user.text)), ("decision", .string(decision))])
    }
}

extension Response {
    fileprivate static func error(
        _ status: HTTPResponse.Status, _ message: String, _ headers: HTTPFields = [:]
    ) -> Response {
        json(status, [("error", .string(message))], headers)
    }
}
