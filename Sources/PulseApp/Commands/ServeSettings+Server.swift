import ArgumentParser
import PulseCommand
import PulseHTTPSync
import PulseModel
import PulseServer

extension ServeSettings {
    /// What the server is told; tells what is wrong on standard error.
    ///
    /// - Throws: ``ExitStatus`` for the command to end with.
    var serverConfiguration: PulseServer.Configuration {
        get throws {
            var configuration = PulseServer.Configuration()
            configuration.web.host = host
            configuration.web.port = port
            configuration.web.origins = OriginRule(allowed: Set(allowedOrigins))
            configuration.web.limits = webSocketLimits
            configuration.web.connections = connectionLimits
            configuration.web.trustedProxies = TrustedProxies(try proxyRanges)
            configuration.web.certificate = try certificate
            configuration.web.compressesMessages = compressesMessages
            configuration.wire.maximumMessageBytes = limits[.messageBytes]
            configuration.wire.maximumBatchItems = limits[.batchItems]
            configuration.wire.maximumDepth = limits[.depth]
            configuration.wire.maximumScalarBytes = limits[.stringBytes]
            configuration.wire.maximumKeys = limits[.objectKeys]
            configuration.session = sessionLimits
            configuration.authGrace = authGrace
            configuration.adminToken = adminToken?.text
            configuration.path = path
            configuration.streamPath = syncPrefix.map { "\($0)/stream" }
            configuration.tokenCookie = authCookie
            configuration.version = Program.version
            configuration.drain = drain
            configuration.drainDelay = drainDelay
            configuration.operations = operations
            configuration.hasEchoEndpoint = hasEchoEndpoint
            return configuration
        }
    }

    /// What the HTTP API is told; nil where it is off.
    var syncConfiguration: SyncRoutes.Configuration? {
        guard let syncPrefix else { return nil }
        var configuration = SyncRoutes.Configuration()
        configuration.prefix = syncPrefix
        configuration.isAtomic = pushesAreAtomic
        configuration.adminToken = adminToken?.text
        configuration.maximumBodyBytes = limits[.requestBodyBytes]
        configuration.maximumChanges = limits[.pushChanges]
        configuration.json = JSONLimits(
            maximumDepth: limits[.depth], maximumScalarBytes: limits[.stringBytes], maximumKeys: limits[.objectKeys])
        configuration.requests = limits[.syncRequests]
        configuration.requestsPerUser = limits[.syncRequestsPerUser]
        return configuration
    }

    /// Few ask for metrics, and those who do must not take what clients and the store need.
    private var operations: WebServer.Configuration? {
        metricsAddress.map { address in
            var web = WebServer.Configuration(host: address.host, port: address.port)
            web.connections.connections = 64
            web.connections.handshakes = 32
            return web
        }
    }

    private var webSocketLimits: WebSocketLimits {
        var web = WebSocketLimits()
        web.pingInterval = pingInterval
        web.silenceLimit = pingInterval * 3
        web.maximumHeaderBytes = limits[.headerBytes]
        web.maximumHeaderFieldBytes = limits[.headerBytes] / 2
        web.maximumHeaderFields = limits[.headerFields]
        web.headerTimeout = .seconds(limits[.headerSeconds])
        web.handshakeTimeout = .seconds(limits[.handshakeSeconds])
        web.maximumBodyBytes = limits[.requestBodyBytes]
        web.requestTimeout = .seconds(limits[.requestSeconds])
        web.idleTimeout = .seconds(limits[.idleSeconds])
        web.maximumFragments = limits[.fragments]
        web.messageTimeout = .seconds(limits[.messageSeconds])
        web.closeTimeout = .seconds(limits[.closeSeconds])
        return web
    }

    private var sessionLimits: SessionLimits {
        var session = SessionLimits()
        session.messagesPerSecond = limits[.messagesPerSecond]
        session.bytesPerSecond = limits[.bytesPerSecond]
        session.rateRefusalsPerMinute = limits[.rateRefusalsPerMinute]
        session.errorsPerMinute = limits[.errorsPerMinute]
        session.uploadsInFlight = limits[.uploadsPerConnection]
        return session
    }

    private var connectionLimits: ConnectionLimits {
        var connections = ConnectionLimits()
        connections.connections = limits[.connections]
        connections.connectionsPerUser = limits[.connectionsPerUser]
        connections.connectionsPerAddress = limits[.connectionsPerAddress]
        connections.handshakes = limits[.handshakes]
        connections.handshakesPerSecond = limits[.handshakesPerSecond]
        return connections
    }

    private var proxyRanges: [AddressRange] {
        get throws {
            let ranges = trustedProxies.map { ($0, AddressRange($0)) }
            let wrong = ranges.filter { $0.1 == nil }.map(\.0)
            guard wrong.isEmpty else {
                StandardError.tell(
                    wrong.map {
                        "trusted-proxies: '\($0)' is no address or network; one looks like 10.0.0.1 or 10.0.0.0/8"
                    })
                throw ExitStatus.badSettings
            }
            return ranges.compactMap(\.1)
        }
    }

    private var certificate: ServerCertificate? {
        get throws {
            guard let tls else { return nil }
            do throws(ServerCertificateError) {
                return try ServerCertificate(certificatePath: tls.certificate, keyPath: tls.key)
            } catch {
                StandardError.tell([error.message])
                throw ExitStatus.badSettings
            }
        }
    }
}
