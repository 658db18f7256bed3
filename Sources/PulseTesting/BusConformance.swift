import PulseEngine

/// What every ``ChangeBus`` has to keep, as a list of cases to run over any bus.
///
/// A bus may lose what it likes; these cases run where nothing disturbs it, and there it has to bring what it is for.
public struct BusConformance: Sendable {
    /// One promise, and how to find out whether a bus keeps it.
    public struct Case: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        let examine: @Sendable (Workers) async throws -> Void

        init(_ name: String, _ examine: @escaping @Sendable (Workers) async throws -> Void) {
            self.name = name
            self.examine = examine
        }

        public var description: String { name }
    }

    /// How a bus broke a promise.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    public typealias Make = @Sendable () async throws -> any ChangeBus

    /// What the bus is called in failures.
    public let name: String
    private let workers: Workers

    /// - Parameters:
    ///   - patience: how long the bus may take to bring what it is for.
    ///   - makeBus: makes the bus of one more worker of the same space.
    public init(name: String, patience: Duration = .seconds(60), makeBus: @escaping Make) {
        self.name = name
        workers = Workers(makeBus: makeBus, patience: patience)
    }

    /// The promises to a worker that is alone.
    public static let casesOfOneWorker = aloneCases
    /// All promises.
    public static let cases = aloneCases + sharedCases

    /// Examines one promise. Each run needs a space of its own.
    ///
    /// - Throws: ``Failure`` naming bus and case, whatever went wrong.
    public func run(_ conformance: Case) async throws {
        do {
            try await conformance.examine(workers)
        } catch {
            throw Failure(description: "\(name): \(conformance.name): \(error)")
        }
    }
}

/// Where the cases have their workers from.
struct Workers: Sendable {
    let makeBus: BusConformance.Make
    let patience: Duration

    /// One more worker.
    func listener() async throws -> Listener { listener(on: try await makeBus()) }

    func listener(on bus: any ChangeBus) -> Listener { Listener(bus, patience: patience) }
}
