import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseMongo
import PulseTesting
import Synchronization

/// A MongoDB-wire server of the tests' own, on a free port, that ends with the test process.
struct MongoServer: Sendable {
    let port: UInt16

    /// The one that most tests share, each with a database of its own.
    static let shared = Result { try MongoServer() }

    private static let executable = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.build/test-venv/bin/secantusd-py").standardized.path

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ options: String...) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw Failure(description: "there is no \(Self.executable): Scripts/test installs it")
        }
        port = try Self.freePort()
        let directory = FileManager.default.temporaryDirectory.appending(path: "mongo-\(UUID())").path
        let log = directory + ".log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let lifeline = Pipe()
        Self.lifelines.withLock { $0.append(lifeline) }
        // The shell waits for the end of its input, which comes when the test process is gone, however it went.
        _ = try ChildProcess(
            [
                "/bin/sh", "-c", #"d=$0; "$@" & read -r _; kill -9 $!; rm -rf "$d" "$d.log""#, directory,
                Self.executable, "--host", "127.0.0.1", "--port", String(port), "--storage-path", directory,
                "--enable-test-commands", "--cache-size", "256M",
            ] + options, input: lifeline.fileHandleForReading, output: FileHandle(forWritingAtPath: log))
        let deadline = Date.now + 30
        while try !String(contentsOfFile: log, encoding: .utf8).contains("listening on") {
            guard Date.now < deadline else { throw Failure(description: "the server does not start, see \(log)") }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// Nothing is ever written to them; the system closes them with the process.
    private static let lifelines = Mutex<[Pipe]>([])

    private static func freePort() throws -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard isBound else { throw Failure(description: "there is no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Runs a database command, as another client of the server.
    ///
    /// - Parameter command: as JSON.
    func run(_ command: String, on database: String = "admin") throws {
        let script = """
            import json, pymongo, sys
            client = pymongo.MongoClient(sys.argv[1])
            client[sys.argv[2]].command(json.loads(sys.argv[3]))
            """
        let python = URL(filePath: Self.executable).deletingLastPathComponent().appending(path: "python").path
        guard try ChildProcess([python, "-c", script, uri(), database, command]).wait() == 0 else {
            throw Failure(description: "the command failed: \(command)")
        }
    }

    /// The address of a database that nobody else uses.
    func uri(database: String = "test\(UInt64.random(in: 0...UInt64.max))") -> String {
        "mongodb://127.0.0.1:\(port)/\(database)?replicaSet=secantus"
    }
}

extension MongoStore {
    static func test(
        _ uri: String, schema: Schema = StoreConformance.schema, patience: Duration = .seconds(10)
    ) async throws -> MongoStore {
        try await open(uri, schema: schema, patience: patience, logger: Logger(label: "test"))
    }
}
