import Hummingbird
import NIOCore
import NIOPosix
import PulseMetrics

extension Router<RouteContext> {
    /// Whether the process lives, and whether it can serve.
    func addHealth(_ probe: ReadinessProbe) {
        add(middleware: ReadOnlyPaths(paths: ["/healthz", "/readyz"]))
        get("/healthz") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ok\n"))) }
        get("/readyz") { _, _ in await probe.readiness().response }
    }

    func addMetrics(_ registry: MetricRegistry) {
        add(middleware: ReadOnlyPaths(paths: ["/metrics"]))
        get("/metrics") { _, _ in
            // Some of them are read from files.
            let text = try await NIOThreadPool.singleton.runIfActive { registry.text }
            return Response(
                status: .ok, headers: [.contentType: MetricRegistry.contentType],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
