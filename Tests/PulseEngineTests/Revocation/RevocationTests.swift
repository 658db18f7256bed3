import Logging
import PulseEngine
import PulseModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct RevocationTests {
    private let test: TestEngine
    private let user = Fixture.ann.user

    init() async throws {
        test = try await TestEngine(schema: Fixture.schema.served)
    }

    /// An identity by credentials that were made so many seconds from now.
    private func identity(issued seconds: Int64, user: UserID? = nil) -> Identity {
        let issued = Timestamp(microseconds: Timestamp.now().microseconds + seconds * 1_000_000)
        return Identity(user: user ?? self.user, issued: issued)
    }

    @Test func `Another worker follows, and it is in force when that is told`() async throws {
        let another = try await test.another()
        let (decisions, decided) = AsyncStream.makeStream(of: Revocation.self)
        let running = Task {
            try await another.run { revocation in
                #expect(another.isRevoked(Identity(user: revocation.user)) == (revocation.revoked != nil))
                decided.yield(revocation)
            }
        }
        var iterator = decisions.makeAsyncIterator()
        try await test.engine.decide(.kick, about: user)
        let kick = try #require(await iterator.next())
        #expect(kick.user == user && kick.isKickOfAll && kick.revoked == nil)
        try await test.engine.decide(.revoke, about: user, reason: "a lost phone")
        let revocation = try #require(await iterator.next())
        #expect(revocation.kicked == revocation.revoked && !revocation.isKickOfAll)
        try await test.engine.decide(.lift, about: user)
        let lift = try #require(await iterator.next())
        #expect(lift.kicked == nil && lift.revoked == nil)
        running.cancel()
        try await running.value
    }

    @Test func `A worker that starts knows what was revoked, and of whom`() async throws {
        try await test.records.create(Fixture.task.name, in: .ann, ["title": "A"])
        try await test.engine.decide(.revoke, about: user)
        try await test.engine.decide(.kick, about: Fixture.bob.user)
        let another = try await test.another()
        #expect(another.isRevoked(identity(issued: -60)))
        #expect(another.isRevoked(Identity(user: user)), "It does not say when it was made.")
        #expect(!another.isRevoked(identity(issued: 60)))
        #expect(!another.isRevoked(Fixture.bob))
        let error = await #expect(throws: AuthenticationError.self) { try await another.admit(identity(issued: -60)) }
        #expect(error?.isTemporary == false)
        #expect(try await another.admit(identity(issued: 60)).user == user)
    }

    @Test func `A kick takes nothing back of an earlier revocation`() async throws {
        try await test.engine.decide(.revoke, about: user)
        try await test.engine.decide(.kick, about: user)
        let another = try await test.another()
        #expect(another.isRevoked(identity(issued: -60)))
    }

    @Test func `A revocation that was lifted is none`() async throws {
        try await test.engine.decide(.revoke, about: user)
        try await test.engine.decide(.lift, about: user)
        #expect(try await !test.another().isRevoked(identity(issued: -60)))
    }

    @Test(arguments: [(29, true), (31, false)])
    func `A revocation holds for 30 days`(days: Int64, isRevoked: Bool) async throws {
        try await test.engine.decide(.revoke, about: user)
        let later = Timestamp(microseconds: Timestamp.now().microseconds + days * 86_400_000_000)
        let another = try await SyncEngine(
            schema: test.engine.schema, store: test.store, eventLoops: [],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: { later })
        #expect(another.isRevoked(identity(issued: -60)) == isRevoked)
    }

    @Test func `Each user has one record, which only the store's operator sees`() async throws {
        for decision in SyncEngine.Decision.allCases { try await test.engine.decide(decision, about: user) }
        try await test.engine.decide(.revoke, about: Fixture.bob.user, reason: "why not")
        let found = try await test.records.find(RecordQuery(ModelName("pulse_revocation")!))
        #expect(found.count == 2 && found.allSatisfy { $0.scope == .global })
        try await test.records.create(Fixture.task.name, in: .ann, ["title": "A"])
        let running = Task { try await test.engine.run() }
        var changes = try await test.records.changes().makeAsyncIterator()
        #expect(try await changes.next()?.record.key.model == Fixture.task.name)
        running.cancel()
        try await running.value
        #expect(Commit(found, at: .now(), schema: test.engine.schema)?.runs.isEmpty == true)
    }

    @Test func `Under a schema that is not a served one nothing can be revoked`() async throws {
        let plain = try await TestEngine()
        await #expect(throws: RecordsError.self) { try await plain.engine.decide(.kick, about: user) }
        #expect(!plain.engine.isRevoked(Fixture.ann))
    }
}
