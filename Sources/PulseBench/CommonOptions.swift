import ArgumentParser
import NIOCore

/// What every kind of run takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: """
            Where the server takes sync connections, ws:// or wss://; for push and pull also http://, https:// and the \
            API's path.
            """,
        transform: Endpoint.init(parsing:))
    var url = Endpoint.standard

    @Option(help: "A process id of the server (repeat for several workers): reports its memory and CPU time.")
    var pid: [Int32] = []

    @Option(help: "Another server, which does the same work in turns.", transform: Endpoint.init(parsing:))
    var peer: Endpoint?

    @Option(help: "A process id of the peer (repeat for several workers).")
    var peerPid: [Int32] = []

    @Option(help: "How often the work is done; the median and the extremes are told.")
    var runs = 1

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    @Flag(help: "With --json: add the buckets of the latencies' histograms.")
    var histogram = false

    @Option(help: ArgumentHelp("Write a page with plots, too.", valueName: "file.html"))
    var report: String?

    @Flag(help: "Tell on standard error what is going on, even if it is no terminal.")
    var progress = false

    @OptionGroup var access: AccessOptions

    @Option(help: "Event loops (threads) of this client.")
    var loops = 1

    @Option(help: "Seconds a connection may take to open.")
    var timeout = 10.0

    @Option(help: "Model that records are written to and read from.")
    var table = "task"

    @Flag(help: "Put \"user_id\" into each record, for servers that do not take it from the connection.")
    var withUserID = false

    func validate() throws {
        guard (1...99).contains(runs) else { throw ValidationError("--runs must be 1…99.") }
        guard peerPid.isEmpty || peer != nil else { throw ValidationError("--peer-pid needs --peer.") }
        guard (1...64).contains(loops) else { throw ValidationError("--loops must be 1…64.") }
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout must be above 0 and at most 3600.") }
        guard !table.isEmpty, table.utf8.allSatisfy(JSONText.isPlain) else {
            throw ValidationError("--table must be a plain name.")
        }
    }

    /// `user_id` as it is written into the records of the user who connects with `token`.
    func userID(of token: String) throws -> String? {
        guard withUserID else { return nil }
        guard let number = Int64(token) else {
            throw BenchError(.badOption, "--with-user-id needs users that are numbers, and \"\(token)\" is none.")
        }
        return String(number)
    }
}

/// Options that count or time something, checked in one sentence each.
enum Check {
    static func atLeast(_ least: Int, _ value: Int, _ name: String) throws {
        guard value >= least else { throw ValidationError("--\(name) must be at least \(least).") }
    }

    static func rate(_ value: Double, _ name: String) throws {
        guard value.isFinite, value > 0, value <= 10_000_000 else {
            throw ValidationError("--\(name) must be above 0.")
        }
    }

    static func seconds(_ value: Double, _ name: String, orZero: Bool = false) throws {
        guard value.isFinite, value <= 1_000_000, orZero ? value >= 0 : value > 0 else {
            throw ValidationError("--\(name) must be a number of seconds\(orZero ? "" : " above 0").")
        }
    }
}

extension TimeAmount {
    static func seconds(of value: Double) -> TimeAmount { .nanoseconds(Int64(value * 1e9)) }
}

extension Duration {
    static func seconds(of amount: TimeAmount) -> Duration { .nanoseconds(amount.nanoseconds) }
}
