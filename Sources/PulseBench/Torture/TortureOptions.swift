import ArgumentParser

/// What `pulsed torture` takes.
struct TortureOptions: ParsableArguments {
    @Option(help: "Where a worker takes sync connections (repeat for several).", transform: Endpoint.init(parsing:))
    var url: [Endpoint] = []

    @OptionGroup var access: AccessOptions

    @Option(
        help: """
            A command that starts a worker: {port} is its port, {n} its number, {store-port} and {redis-port} are \
            those of the other two.
            """)
    var worker: String?

    @Option(help: "Workers to start.")
    var workers = 1

    @Option(help: "A command that starts the store; {port} is its port.")
    var store: String?

    @Option(help: "A command that starts Redis; {port} is its port.")
    var redis: String?

    @Option(help: "The file that the output of these is appended to.")
    var log = "/dev/null"

    @Option(help: "\(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")) (repeat for several).")
    var fault: [FaultKind] = []

    @Option(help: "Seconds from one fault to the next at least.")
    var faultEvery = 1.0

    @Option(help: "Faults of each kind (default: as many as the duration has room for).")
    var events: Int?

    @Option(help: "Seconds of load; with --events it ends earlier when all are done.")
    var duration: Double?

    @Option(help: "Phones.")
    var phones = 200

    @Option(help: "Users they belong to.")
    var users = 40

    @Option(help: "The users are this number and those behind it (default: somewhere new).")
    var firstUser: Int64 = .random(in: 1_000_000...1_000_000_000)

    @Option(help: "Changes a second, of all phones together.")
    var rate = 200.0

    @Option(help: "What phones and faults decide.")
    var seed: UInt64 = .random(in: 1...999_999)

    @Option(
        help: """
            The share of phones whose last_version is the largest version they have stored, as pulse-rn's is; the \
            others follow the protocol's rules (default: 0.5, with faults of the network 0).
            """)
    var simpleCursors: Double?

    @Option(help: "Table of the records; it has a title and a description.")
    var table = "task"

    @Flag(help: "Put \"user_id\" into each record, for servers that do not take it from the connection.")
    var withUserID = false

    @Flag(
        inversion: .prefixedNo, help: "Put \"updated_at\" into each record, by clocks of which some are wrong.")
    var clocks = true

    @Flag(help: "End at the first finding.")
    var first = false

    @Option(help: "Seconds without any progress after which the end is judged as it is.")
    var patience = 10.0

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func validate() throws {
        try Check.atLeast(1, phones, "phones")
        try Check.atLeast(1, workers, "workers")
        try Check.atLeast(1, events ?? 1, "events")
        try Check.seconds(faultEvery, "fault-every", orZero: true)
        try Check.seconds(duration ?? 1, "duration")
        try Check.seconds(patience, "patience")
        guard (1...phones).contains(users) else { throw ValidationError("--users must be 1…phones.") }
        guard rate.isFinite, (0.1...1e6).contains(rate) else { throw ValidationError("--rate must be 0.1…1000000.") }
        guard firstUser > 0, firstUser < 1 << 52 else { throw ValidationError("--first-user must be 1 or more.") }
        guard (0...1).contains(simpleCursors ?? 0) else { throw ValidationError("--simple-cursors must be 0…1.") }
        guard url.isEmpty != (worker == nil) else { throw ValidationError("Either --url or --worker is needed.") }
        guard !table.isEmpty, table.utf8.allSatisfy(JSONText.isPlain) else {
            throw ValidationError("--table must be a plain name.")
        }
        for kind in fault {
            let (isThere, needed) =
                switch kind.target {
                case .network: (true, "")
                case .worker: (worker != nil, "--worker")
                case .store: (store != nil, "--store")
                case .redis: (redis != nil, "--redis")
                }
            guard isThere else { throw ValidationError("--fault \(kind.rawValue) needs \(needed).") }
        }
    }

    /// - Parameter endpoints: where phones connect.
    func plan(_ endpoints: [Endpoint], _ access: Access) -> FleetPlan {
        let isNetwork = fault.contains { $0.target == .network }
        return FleetPlan(
            endpoints: endpoints, access: access, table: table, withUserID: withUserID, withClocks: clocks,
            users: users, phones: phones,
            firstUser: firstUser, rate: rate, seed: seed, simpleCursors: simpleCursors ?? (isNetwork ? 0 : 0.5),
            day: nil, ramp: min(1, Double(phones) / 500), timeout: .seconds(10))
    }
}
