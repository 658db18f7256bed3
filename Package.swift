// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

// Scripts/fuzz: our own modules note where they were, for libFuzzer, and have their memory watched.
let isFuzzing = Context.environment["PULSE_FUZZ"] != nil
let fuzzing = ["-sanitize=fuzzer,address"]

let strict: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)] + (isFuzzing ? [.unsafeFlags(fuzzing)] : [])

#if os(Linux)
    // Debian's hiredis.pc has a flag that SwiftPM warns of, and says nothing that is needed.
    let hiredisPackage: String? = nil
#else
    let hiredisPackage: String? = "hiredis"
#endif

// One-way imports, left to right: {Model, Metrics} → Wire → Engine → {SQLite, Mongo, Redis, Auth, Server, Command} → App →
// pulsed.
let package = Package(
    name: "swift-pulse",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "pulsed", targets: ["pulsed"]),
        .library(name: "PulseEngine", targets: ["PulseModel", "PulseWire", "PulseEngine"]),
        .library(name: "PulseSQLite", targets: ["PulseSQLite"]),
        .library(name: "PulseMongo", targets: ["PulseMongo"]),
        .library(name: "PulseRedis", targets: ["PulseRedis"]),
        .library(name: "PulseAuth", targets: ["PulseAuth"]),
        .library(name: "PulseServer", targets: ["PulseServer"]),
        .library(name: "PulseApp", targets: ["PulseApp"]),
        .library(name: "PulseTesting", targets: ["PulseTesting"]),
        .library(name: "Pulse", targets: ["Pulse"]),
    ],
    dependencies: [
        // Flags, subcommands and help of `pulsed` and of applications.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The same settings from the environment and from a YAML file.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        // The logging interface that every Swift server shares.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Event loops, sockets and HTTP/1 parsing.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // The HTTP server that the WebSocket upgrade and the HTTP routes hang on.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // TLS of the listener, of Redis' and of HTTP clients' connections.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Signatures and claims of JSON Web Tokens, and the keys behind them.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        // Digests of credentials, which caches keep in their place; signatures of the load driver's tokens.
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        // Key sets by URL, and sessions that the application's own backend knows.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Spans, for whoever traces.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        // Signals and orderly shutdown.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // SQLite: connections, migrations, statements.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Schema files, with line and column of what is wrong.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The syntax trees that `@SyncModel` reads. Built for the compiler's plugin only.
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    ],
    targets: [
        .target(name: "PulseModel", swiftSettings: strict),
        .target(name: "PulseMetrics", swiftSettings: strict),
        .target(name: "PulseWire", dependencies: ["PulseModel"], swiftSettings: strict),
        .target(
            name: "PulseEngine",
            dependencies: [
                "PulseMetrics", "PulseModel", "PulseWire",
                // Buffers that sockets take as they are, and event loops to be confined to. No sockets.
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "PulseSQLite",
            dependencies: [
                "PulseEngine", "PulseModel",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // MongoDB's own C driver. On macOS it is the formula of the 1.x series.
        .systemLibrary(
            name: "CMongoC", pkgConfig: "libmongoc-1.0",
            providers: [.apt(["libmongoc-dev", "libbson-dev"]), .brew(["mongo-c-driver@1"])]),
        .target(
            name: "PulseMongo",
            dependencies: [
                "CMongoC", "PulseEngine", "PulseModel",
                .product(name: "Logging", package: "swift-log"),
                // Threads for calls that block.
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // Redis's own C client.
        .systemLibrary(
            name: "CHiredis", pkgConfig: hiredisPackage, providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "PulseRedis",
            dependencies: [
                "CHiredis", "PulseEngine", "PulseModel",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // The system's own zlib, for compressed messages.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        // The C library's heap, to be tuned.
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "PulseAuth",
            dependencies: [
                "PulseEngine", "PulseMetrics", "PulseModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                // Threads for files to be read on.
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "PulseServer",
            dependencies: [
                "CZlib", "PulseEngine", "PulseMetrics", "PulseModel", "PulseWire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // The HTTP API of fastapi-offline-sync, on the same log.
        .target(
            name: "PulseHTTPSync",
            dependencies: [
                "CZlib", "PulseEngine", "PulseMetrics", "PulseModel", "PulseServer", "PulseWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "PulseTesting",
            dependencies: ["PulseEngine", "PulseModel", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .macro(
            name: "PulseMacros",
            dependencies: [
                "PulseModel",
                .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
                .product(name: "SwiftDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
                .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
            ],
            swiftSettings: strict),
        // What an application imports.
        .target(
            name: "Pulse", dependencies: ["PulseApp", "PulseEngine", "PulseMacros", "PulseModel"], swiftSettings: strict
        ),
        // The load driver behind `pulsed bench`: a client only, it shares no code with the server.
        .target(
            name: "PulseBench",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                // Tokens that it signs itself.
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                // Ctrl-C ends a run with what was measured.
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "PulseSchemaFile", dependencies: ["PulseModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "PulseCommand",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseSchemaFile",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // The executable that `pulsed` and applications share: the one place that names concrete stores and buses.
        .target(
            name: "PulseApp",
            dependencies: [
                "CMalloc", "PulseAuth", "PulseBench", "PulseCommand", "PulseEngine", "PulseHTTPSync", "PulseMetrics",
                "PulseModel", "PulseMongo",
                "PulseRedis", "PulseSQLite",
                "PulseSchemaFile", "PulseServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "pulsed", dependencies: ["PulseApp"], swiftSettings: strict),
        .executableTarget(
            name: "TaskServer", dependencies: ["Pulse"], path: "Examples/TaskServer", swiftSettings: strict),
        .executableTarget(
            name: "ChangeFeed", dependencies: ["Pulse"], path: "Examples/ChangeFeed", swiftSettings: strict),
        .executableTarget(
            name: "ServerWrites",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseMongo", "PulseSQLite",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Examples/ServerWrites", swiftSettings: strict),

        .testTarget(name: "PulseMetricsTests", dependencies: ["PulseMetrics"], swiftSettings: strict),
        .testTarget(name: "PulseModelTests", dependencies: ["PulseModel"], swiftSettings: strict),
        .testTarget(name: "PulseWireTests", dependencies: ["PulseModel", "PulseWire"], swiftSettings: strict),
        .testTarget(
            name: "PulseEngineTests",
            dependencies: [
                "PulseEngine", "PulseMetrics", "PulseModel", "PulseSQLite", "PulseTesting", "PulseWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseSQLiteTests",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseSQLite", "PulseTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseMongoTests",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseMongo", "PulseSQLite", "PulseTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseRedisTests",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseRedis", "PulseTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseSchemaFileTests", dependencies: ["PulseModel", "PulseSchemaFile"], swiftSettings: strict),
        .testTarget(
            name: "PulseCommandTests",
            dependencies: [
                "PulseEngine", "PulseModel", "PulseSchemaFile", "PulseCommand",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseAuthTests",
            dependencies: [
                "PulseAuth", "PulseEngine", "PulseMetrics", "PulseModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseServerTests",
            dependencies: [
                "CZlib", "PulseEngine", "PulseMetrics", "PulseModel", "PulseServer", "PulseSQLite", "PulseWire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseHTTPSyncTests",
            dependencies: [
                "CZlib", "PulseEngine", "PulseHTTPSync", "PulseModel", "PulseServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PulseTests",
            dependencies: [
                "Pulse", "PulseEngine", "PulseModel", "PulseSQLite", "PulseSchemaFile", "PulseTesting", "PulseWire",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // They run the compiler over samples. A test target that imported the macro would have SwiftPM build everything
        // that tests import for the host too, a second time.
        .testTarget(
            name: "PulseMacrosTests", dependencies: ["Pulse", "PulseTesting"], exclude: ["Samples"],
            swiftSettings: strict),
        .testTarget(
            name: "PulseBenchTests",
            dependencies: [
                "PulseBench",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "PulseFuzz",
            dependencies: [
                "PulseAuth", "PulseEngine", "PulseModel", "PulseRedis", "PulseServer", "PulseWire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzz", swiftSettings: strict, linkerSettings: [.unsafeFlags(fuzzing + ["-use-ld=lld"])]))
}
