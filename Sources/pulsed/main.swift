import Foundation
import Logging
import NIOCore
import NIOPosix
import PulseEngine
import PulseModel
import PulseSQLite
import PulseServer

let schema = try Schema([
    Model(
        ModelName("task")!, audience: .user,
        fields: [
            Field("title", .string(maxLength: 200)), Field("description", .text),
            Field("completed", .bool, default: .bool(false)),
        ]),
    Model(
        ModelName("item")!, audience: .global,
        fields: [
            Field("name", .string(maxLength: 255)), Field("description", .text),
            Field("price", .decimal(maxDigits: 10, decimalPlaces: 2), default: .string("0.00")),
        ]),
])
var logger = Logger(label: "pulsed")
let group = MultiThreadedEventLoopGroup.singleton
var loops: [any EventLoop] = []
for loop in group.makeIterator() { loops.append(loop) }
var configuration = PulseServer.Configuration()
func option(_ name: String) -> String? {
    let arguments = CommandLine.arguments
    guard let i = arguments.firstIndex(of: name) else { return nil }
    return arguments[i + 1]
}
configuration.web.port = Int(option("--port") ?? "8080")!
configuration.hasEchoEndpoint = CommandLine.arguments.contains("--echo-endpoint")
let store = try SQLiteStore(path: String((option("--store") ?? "sqlite:pulse.db").dropFirst(7)), schema: schema)
let engine = try await SyncEngine(schema: schema, store: store, eventLoops: loops, logger: logger)
let server = PulseServer(
    engine: engine, authenticator: InsecureAuthenticator(), configuration: configuration, logger: logger)
try await server.run(on: group) { address in
    print("listening on ws://127.0.0.1:\(address.port!)/ws/pulse/sync/")
    fflush(nil)
}
