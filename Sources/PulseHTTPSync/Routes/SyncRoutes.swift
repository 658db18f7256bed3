import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PulseEngine
import PulseMetrics
import PulseModel
import PulseServer

/// The HTTP API of `Protocol/offline-sync.yaml`, but for its stream. Requests for paths elsewhere pass.
package struct SyncRoutes: RouterMiddleware {
    package typealias Context = RouteContext

    /// Of records on one page, but always one record.
    static let maximumPageBytes = 1 << 20

    private let engine: SyncEngine
    private let admission: Admission
    private let configuration: Configuration
    private let metrics: SyncMetrics
    private let slots: RequestSlots
    private let logger: Logger

    /// - Parameter metrics: where it makes its metrics.
    package init(
        engine: SyncEngine, admission: Admission, configuration: Configuration = Configuration(),
        metrics: MetricRegistry = MetricRegistry(), logger: Logger
    ) {
        self.engine = engine
        self.admission = admission
        self.configuration = configuration
        let slots = RequestSlots(configuration.requests, ofUser: configuration.requestsPerUser)
        self.metrics = SyncMetrics(
            metrics, schema: engine.schema, requests: { slots.count }, head: { [engine] in engine.knownHead })
        self.slots = slots
        self.logger = logger
    }

    package func handle(
        _ request: Request, context: RouteContext, next: (Request, RouteContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard path.utf8.starts(with: "\(configuration.prefix)/".utf8) else { return try await next(request, context) }
        guard let route = Route(rawValue: String(path.dropFirst(configuration.prefix.count + 1))) else {
            return SyncError.refused(.notFound, "Not Found").response
        }
        guard route.methods.contains(request.method) else {
            let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
            return SyncError.refused(.methodNotAllowed, "Method Not Allowed", headers: [.allow: allowed]).response
        }
        let response: Response
        do throws(SyncError) {
            response = try await answer(request, to: route, context)
        } catch {
            response = error.response
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private enum Route: String {
        case push, pull, full, record
        case specification = "openapi.json"

        var methods: [HTTPRequest.Method] {
            switch self {
            case .push, .record: [.post]
            case .pull, .full, .specification: [.get, .head]
            }
        }
    }

    private func answer(
        _ request: Request, to route: Route, _ context: RouteContext
    ) async throws(SyncError) -> Response {
        switch route {
        case .specification: return Response(json: Array(Specification.json.utf8))
        case .record:
            guard AdminToken.isShown(in: request, configuration.adminToken) else { throw .unauthenticated }
            let body = try await body(of: request)
            let asked = try RecordRequest(body, limits: limits(below: 1), schema: engine.schema)
            return try await RecordRoute(records: engine.records, logger: logger).respond(to: asked)
        case .push, .pull, .full:
            let identity = try await identity(of: request, context)
            let place = try slots.enter(identity.user)
            defer { slots.leave() }
            return try await answer(request, to: route, by: identity).holding(place)
        }
    }

    private func answer(
        _ request: Request, to route: Route, by identity: Identity
    ) async throws(SyncError) -> Response {
        if route == .push {
            let asked = try PushRequest(
                try await body(of: request), limits: limits(below: 3), maximumChanges: configuration.maximumChanges)
            return try await PushRoute(engine: engine, isAtomic: configuration.isAtomic, metrics: metrics)
                .respond(to: asked, by: identity)
        }
        guard let target = RequestTarget(request.head.path ?? "") else {
            throw .refused(.badRequest, "The query is malformed")
        }
        let query = SyncQuery(target.query)
        return route == .pull
            ? try await PullRoute(engine: engine, metrics: metrics).respond(to: query, by: identity)
            : try await FullRoute(engine: engine, metrics: metrics).respond(to: query, by: identity)
    }

    private func identity(of request: Request, _ context: RouteContext) async throws(SyncError) -> Identity {
        do throws(AuthenticationError) {
            return try await admission.admit(request, context: context)
        } catch {
            logger.info("a request was refused", metadata: ["reason": "\(error)"])
            throw error.isTemporary ? .later("The credentials cannot be checked just now") : .unauthenticated
        }
    }

    private func body(of request: Request) async throws(SyncError) -> [UInt8] {
        let body: [UInt8]
        do {
            body = Array(buffer: try await request.body.collect(upTo: configuration.maximumBodyBytes))
        } catch {
            throw .tooLarge
        }
        // Nothing that a browser sends for a page of another site without asking first is called JSON.
        guard body.isEmpty || request.headers.contentIsJSON else { throw .invalid([.notObject(["body"])]) }
        return body
    }

    /// For a body that has documents so many levels down.
    private func limits(below levels: Int) -> JSONLimits {
        let json = configuration.json
        return JSONLimits(
            maximumDepth: min(json.maximumDepth + levels, JSONLimits.greatestDepth),
            maximumScalarBytes: json.maximumScalarBytes, maximumKeys: json.maximumKeys)
    }
}

extension HTTPFields {
    fileprivate var contentIsJSON: Bool {
        let type = self[.contentType]?.prefix { $0 != ";" }.lowercased().filter { $0 != " " } ?? ""
        return type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    }
}

extension Response {
    /// The same, with something that it holds until it is sent, or will not be.
    fileprivate func holding(_ place: RequestSlots.Place) -> Response {
        var response = self
        let body = body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(place) {}
        }
        return response
    }
}
