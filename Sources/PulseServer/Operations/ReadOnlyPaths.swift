import Hummingbird

/// Answers every method but GET and HEAD with 405 (RFC 9110, section 15.5.6). Requests for other paths pass.
struct ReadOnlyPaths: RouterMiddleware {
    typealias Context = RouteContext

    let paths: Set<String>

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard paths.contains(request.uri.path), ![.get, .head].contains(request.method) else {
            return try await next(request, context)
        }
        return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
    }
}
