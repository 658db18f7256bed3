import PulseEngine
import PulseModel

/// What every ``ChangeStore`` has to keep, as a list of cases to run over any store.
///
///     @Test(arguments: StoreConformance.cases)
///     func `A store keeps its promises`(conformance: StoreConformance.Case) async throws {
///         try await StoreConformance(name: "mine") { try await MyStore(schema: StoreConformance.schema) }
///             .run(conformance)
///     }
public struct StoreConformance: Sendable {
    /// One promise, and how to find out whether a store keeps it.
    public struct Case: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        /// Looks into a fresh store. Throws ``Failure``, or the store's own error.
        let examine: @Sendable (any ChangeStore) async throws -> Void

        init(_ name: String, _ examine: @escaping @Sendable (any ChangeStore) async throws -> Void) {
            self.name = name
            self.examine = examine
        }

        public var description: String { name }
    }

    /// How a store broke a promise.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// What the store is called in failures.
    public let name: String
    private let makeStore: @Sendable () async throws -> any ChangeStore

    /// - Parameter makeStore: makes a store for ``schema`` that is empty and used by nobody else.
    public init(name: String, makeStore: @escaping @Sendable () async throws -> any ChangeStore) {
        self.name = name
        self.makeStore = makeStore
    }

    /// All promises.
    public static let cases: [Case] =
        commitCases + stampCases + pageCases + laneCases + roundTripCases + selectionCases + purgeCases + mergeCases
        + concurrencyCases + [propertyCase]

    /// Examines one promise over a fresh store.
    ///
    /// - Throws: ``Failure`` naming store and case, whatever went wrong.
    public func run(_ conformance: Case) async throws {
        do {
            try await conformance.examine(try await makeStore())
        } catch {
            throw Failure("\(name): \(conformance.name): \(error)")
        }
    }
}

/// Throws a ``StoreConformance/Failure`` that says what was expected and is not so.
func expect(_ condition: Bool, _ expectation: @autoclosure () -> String) throws {
    guard condition else { throw StoreConformance.Failure("not so: \(expectation())") }
}

/// Compares and says both sides.
func expect<Value: Equatable>(_ found: Value, is expected: Value, _ what: @autoclosure () -> String) throws {
    guard found == expected else {
        throw StoreConformance.Failure("\(what()): expected \(expected), found \(found)")
    }
}

/// Compares lists of records and says where they part.
func expect(_ found: [Record], are expected: [Record], _ what: @autoclosure () -> String) throws {
    guard found != expected else { return }
    for (index, (left, right)) in zip(found, expected).enumerated() where left != right {
        throw StoreConformance.Failure("\(what()): record \(index): expected \(right), found \(left)")
    }
    throw StoreConformance.Failure(
        "\(what()): expected versions \(expected.map(\.version)), found \(found.map(\.version))")
}
