import PulseEngine
import PulseModel

/// A place where a store is, or may be made: what a test opens again and again.
public protocol StorePlace: Sendable {
    /// Opens the store to be served, or makes it.
    func open(_ schema: Schema) async throws(StoreError) -> any ChangeStore

    /// Opens the store to be copied from or into, or makes it.
    func openForCopying() async throws(StoreError) -> any CopyableStore
}

/// What a pair of ``CopyableStore``s has to keep, as a list of cases to run over any two kinds of them.
///
///     @Test(arguments: CopyConformance.cases)
///     func `A copy keeps its promises`(conformance: CopyConformance.Case) async throws {
///         try await CopyConformance(name: "mine", makeSource: { MyPlace() }, makeTarget: { MyPlace() })
///             .run(conformance)
///     }
public struct CopyConformance: Sendable {
    /// One promise, and how to find out whether it is kept.
    public struct Case: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        let examine: @Sendable (CopyConformance) async throws -> Void

        init(_ name: String, _ examine: @escaping @Sendable (CopyConformance) async throws -> Void) {
            self.name = name
            self.examine = examine
        }

        public var description: String { name }
    }

    /// What the pair is called in failures.
    public let name: String
    let makeSource: @Sendable () async throws -> any StorePlace
    let makeTarget: @Sendable () async throws -> any StorePlace

    /// - Parameters:
    ///   - makeSource: a new place, where there is no store yet.
    ///   - makeTarget: another new place, perhaps for a store of another kind.
    public init(
        name: String, makeSource: @escaping @Sendable () async throws -> any StorePlace,
        makeTarget: @escaping @Sendable () async throws -> any StorePlace
    ) {
        self.name = name
        self.makeSource = makeSource
        self.makeTarget = makeTarget
    }

    /// All promises.
    public static let cases: [Case] = equalityCases + movingCases + interruptionCases + refusalCases + defectCases

    /// Examines one promise over fresh places.
    ///
    /// - Throws: ``StoreConformance/Failure`` naming pair and case, whatever went wrong.
    public func run(_ conformance: Case) async throws {
        do {
            try await conformance.examine(self)
        } catch {
            throw StoreConformance.Failure("\(name): \(conformance.name): \(error)")
        }
    }
}
