import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import PulseAuth
import PulseCommand
import PulseEngine
import PulseHTTPSync
import PulseMetrics
import PulseModel
import PulseMongo
import PulseRedis
import PulseSQLite
import PulseSchemaFile
import PulseServer

/// `serve`: a worker on a store, until it is told to stop.
struct ServeCommand<Application: ServerApplication>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "serve", abstract: "Serve the pulse protocol.", discussion: ServeOptions.discussion)
    }

    @OptionGroup var options: ServeOptions

    func run() async throws {
        Heap.keepFreedBlocks()
        let application = Application()
        let ownSchema = application.schema
        let ownAuthenticator = application.authenticator
        var own: Set<Setting> = []
        if ownSchema != nil { own.insert(.schema) }
        if ownAuthenticator != nil { own.insert(.auth) }
        let settings = try await options.settings(own: own)
        let schema = try schema(of: settings, own: ownSchema).served
        var logger = Logger(label: Program.name, factory: { LineLogHandler(label: $0, format: settings.logFormat) })
        logger.logLevel = settings.logLevel

        let configuration = try settings.serverConfiguration
        let reloading = await ServerCertificate.reloadOnSignal(configuration.web.certificate, logger: logger)
        defer { reloading.cancel() }

        let eventLoopGroup = MultiThreadedEventLoopGroup.singleton
        let metrics = MetricRegistry()
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        do {
            let store = try await Stores.open(settings, schema: schema, logger: logger)
            let engine = try await SyncEngine(
                schema: schema, hooks: application.hooks, store: store,
                bus: try await bus(of: settings, for: store, schema, logger: logger),
                eventLoops: Array(eventLoopGroup.makeIterator()), configuration: .init(settings), metrics: metrics,
                logger: logger)
            let watchdog = Task { await manager.watch(Array(eventLoopGroup.makeIterator())) }
            defer { watchdog.cancel() }
            let tail = tail(of: store, engine, settings, logger: logger)
            defer { tail?.cancel() }
            try await Authenticators.with(
                ownAuthenticator, or: settings, on: eventLoopGroup, metrics: metrics, logger: logger
            ) {
                var server = PulseServer(
                    engine: engine, authenticator: $0, configuration: configuration, metrics: metrics, logger: logger)
                if let sync = settings.syncConfiguration {
                    server.routes.append(
                        SyncRoutes(
                            engine: engine, admission: server.admission, configuration: sync, metrics: metrics,
                            logger: logger))
                }
                try await server.run(on: eventLoopGroup, beside: application.run) { address in
                    // To standard error, which is not buffered: whoever started the server may be waiting for this
                    // line.
                    StandardError.tell(["listening on \(settings.url(at: address))"])
                    manager.ready("listening on \(settings.url(at: address))")
                } onOperationsBound: { address in
                    StandardError.tell(["metrics on http://\(address.ipAddress ?? ""):\(address.port ?? 0)/metrics"])
                } onStopping: {
                    manager.stopping()
                }
            }
            await store.close()
        } catch let error as StoreError {
            throw stop(error.message)
        } catch let error as WebServerError {
            throw stop(error.message)
        } catch let error as KeyError {
            StandardError.tell(["jwt-keys: \(error)"])
            throw ExitStatus.badSettings
        } catch is BackgroundWorkError {
            throw ExitStatus.failedWork
        }
    }

    private func schema(of settings: ServeSettings, own: Schema?) throws -> Schema {
        do {
            return try settings.schema(own: own)
        } catch {
            StandardError.write(error.lines)
            throw error.isUnreadable ? ExitStatus.unreadableFile : ExitStatus.badSettings
        }
    }

    /// Takes over what other programs write into the store, where that is wished for.
    private func tail(
        of store: any ChangeStore, _ engine: SyncEngine, _ settings: ServeSettings, logger: Logger
    ) -> Task<Void, Never>? {
        guard settings.adoptsForeignWrites, let store = store as? MongoStore else { return nil }
        let tail = MongoTail(of: store, schema: engine.schema, logger: logger) { write throws(WriteError) in
            try await engine.write(WriteBatch(author: .server, writes: [write]))[0]
        }
        return Task { await tail.run() }
    }

    private func bus(
        of settings: ServeSettings, for store: any ChangeStore, _ schema: Schema, logger: Logger
    ) async throws -> any ChangeBus {
        guard let redis = settings.redis else { return LocalBus() }
        if store is SQLiteStore, !SQLiteStore.mayShareFiles {
            logger.warning(
                "several workers on one file need SQLite 3.51.3 or its fix for WAL resets: this one may damage the file",
                metadata: ["sqlite": "\(SQLiteStore.libraryVersion)"])
        }
        // The text may have a password in it, and is not repeated.
        guard let address = RedisAddress(redis) else {
            StandardError.tell(["--redis: this is no address of a Redis; one is \(RedisAddress.forms)"])
            throw ExitStatus.badSettings
        }
        guard
            let channel = RedisBus.Channel(
                prefix: settings.redisPrefix, epoch: try await store.position().epoch, schema: schema)
        else {
            preconditionFailure("The prefix has been checked with the settings.")
        }
        return RedisBus(address, channel: channel, logger: logger)
    }

    private func stop(_ message: String) -> ExitCode {
        StandardError.tell([message])
        return ExitStatus.unavailable
    }
}

extension SyncEngine.Configuration {
    init(_ settings: ServeSettings) {
        self.init()
        if settings.limits[.deltas] > 0 { pagesAtOnce = settings.limits[.deltas] }
        queue.writes = settings.limits[.queuedWrites]
        queue.bytes = settings.limits[.queuedBytes]
        storeLimits.bytes = settings.limits[.storeBytes]
        storeLimits.freeBytes = settings.limits[.diskFreeBytes]
    }
}

extension ServeSettings {
    /// Where clients connect, with the port that was taken.
    fileprivate func url(at address: SocketAddress) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        let scheme = tls == nil ? "ws" : "wss"
        return "\(scheme)://\(host):\(address.port ?? port)\(path)"
    }
}
