import PulseEngine

/// What every ``ChangeBus`` has to keep, as a list of cases to run over any bus.
///
/// A bus may lose what it likes; these cases run where nothing disturbs it, and there it has to bring what it is for.
public struct BusConformance: Sendable {
    /// One promise, and how to find out whether a bus keeps it.
    public struct Case: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        let examine: @Sendable (@escaping Make) async throws -> Void

        init(_ name: String, _ examine: @escaping @Sendable (@escaping Make) async throws -> Void) {
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
    private let makeBus: Make

    /// - Parameter makeBus: makes the bus of one more worker of the same space.
    public init(name: String, makeBus: @escaping Make) {
        self.name = name
        self.makeBus = makeBus
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
            try await conformance.examine(makeBus)
        } catch {
            throw Failure(description: "\(name): \(conformance.name): \(error)")
        }
    }
}
