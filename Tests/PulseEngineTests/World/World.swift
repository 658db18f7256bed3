import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// A whole deployment in one thread: a store, a bus that loses, repeats and reorders, workers with event loops, and
/// clients that come and go. What happens next is drawn by lot; what must hold is checked all the time.
final class World {
    /// What one turn of a loop may add to what is kept for a connection.
    static let mostBytesPerTurn = 64 << 10
    private static let identities = [
        Fixture.identity("1", teams: "red"), Fixture.identity("2", teams: "red", "blue"),
    ]
    private static let models = [Fixture.task, Fixture.note, Fixture.board, Fixture.bulletin]
    private static let idCount = 8

    var random: Seeded
    let mutant: Mutant?
    private(set) var log = MemoryLog()
    private(set) var fault: String?
    /// Looks at the head that sessions wait for.
    var headReads: [() -> Void] = []
    private(set) var isSettling = false
    private var workers: [SimWorker] = []
    private var clients: [SimClient] = []
    private var titles = 0
    private var steps = 0
    private let pageLimit: Int

    init(seed: UInt64, mutant: Mutant? = nil) {
        random = Seeded(seed)
        self.mutant = mutant
        log.forgetsTombstones = mutant == .forgetsTombstones
        pageLimit = 1 + random.upTo(6)
        let shards = 1 + random.upTo(1)
        workers = (0...random.upTo(2)).map { _ in SimWorker(self, shards: shards) }
        let count = 2 + random.upTo(3)
        clients = (0..<count).map { index in
            let kind = SimClient.Kind.allCases[index % 2]
            return SimClient(name: "client \(index) (\(kind))", kind: kind, identity: random.pick(Self.identities))
        }
    }

    /// How much happened, to see that it was enough.
    private(set) var counts: [String: Int] = [:]

    func count(_ what: String) {
        counts[what, default: 0] += 1
    }

    /// Lets it all happen.
    ///
    /// - Returns: what went wrong, or nil.
    func run(steps count: Int) -> String? {
        while steps < count, fault == nil {
            steps += 1
            step()
        }
        settle()
        compare("at rest")
        for client in clients where fault == nil {
            client.connection?.close()
            connect(client)
        }
        settle()
        compare("after it came back")
        for client in clients { client.connection?.close() }
        return fault
    }

    func fail(_ fault: String) {
        if self.fault == nil { self.fault = "step \(steps): \(fault)" }
    }

    // MARK: What can happen

    private var places: [SimShard] { workers.flatMap(\.shards) }

    private func step() {
        let place = random.pick(places)
        let worker = place.worker
        let client = random.pick(clients)
        switch random.upTo(99) {
        case 0..<18:
            if let connection = client.connection {
                connection.take(upTo: random.upTo(900))
            } else {
                connect(client)
            }
        case 18..<34: if let connection = client.connection { say(something: client, on: connection) }
        case 34..<50: receive(at: place)
        case 50..<60: worker.write()
        case 60..<68: worker.hearFromBus()
        case 68..<70: worker.readLog()
        case 70..<71: worker.endWait()
        case 71..<72: worker.checkHead()
        case 72..<81:
            if random.once(in: 2) { place.takeDeliveries(random.upTo(3)) }
            place.loop.run()
        case 81..<86: read(at: place)
        case 86..<91: if !place.arriving.isEmpty { place.arriving.removeFirst()() }
        case 91..<94: if !headReads.isEmpty { headReads.remove(at: random.upTo(headReads.count - 1))() }
        case 94..<95: changeOnTheServer(at: worker)
        case 95..<96: worker.interest.sweep()
        case 96..<98: pass(.milliseconds(200))
        default:
            guard let connection = client.connection else { return }
            connection.close()
            if random.once(in: 2) { return connect(client) }
            if random.once(in: 6) {
                // A device that is set up anew.
                client.tables = [:]
                client.unanswered = []
            }
        }
    }

    private func connect(_ client: SimClient) {
        let place = random.pick(places)
        let connection = SimConnection(client, at: place, of: self, highWatermark: 300 + random.upTo(2_000))
        client.connection = connection
        place.connections.append(connection)
        // What was not answered is sent again, before the requests or behind them.
        let batches = random.once(in: 4) ? [] : client.unanswered
        client.unanswered = batches
        if random.once(in: 2) {
            connection.send(batches, requests(of: client, exactly: true))
        } else {
            connection.send([], requests(of: client, exactly: true))
            if !batches.isEmpty { connection.send(batches, []) }
        }
        if mutant == .doesNotHold { place.answerAll(from: log) }
    }

    /// Requests for every table, or in the midst of a connection for one of them.
    private func requests(of client: SimClient, exactly: Bool) -> [String] {
        let models = exactly || client.kind == .allTables ? Self.models : [random.pick(Self.models)]
        let share = exactly ? 0 : random.upTo(2)
        return models.map { model in
            let last = client.lastVersion(of: model).number
            let version = share == 0 ? last : share == 1 ? last / 2 : 0
            let table = random.once(in: 2) ? model.name.text : model.name.text.uppercased()
            return #"{"type":"SYNC_REQUEST_DELTA","table":"\#(table)","last_version":\#(version)}"#
        }
    }

    private func say(something client: SimClient, on connection: SimConnection) {
        switch random.upTo(9) {
        case 0: connection.send([], requests(of: client, exactly: false))
        case 1: connection.send([], [#"{"type":"SYNC_UPLOAD","#])
        case 2:
            guard let batch = client.lastBatch else { return }
            client.unanswered.append(batch)
            connection.send([batch], [])
        default:
            let batch = batch(of: client)
            client.lastBatch = batch
            client.unanswered.append(batch)
            connection.send([batch], [])
        }
    }

    /// Items that are new, based on what the client has or on something older, another's, or no items at all.
    private func batch(of client: SimClient) -> SimClient.Batch {
        let model = random.pick(Self.models)
        var texts: [String: [String]] = [:]
        let payloads = (0...random.upTo(2)).map { _ in
            let id = Fixture.id(random.upTo(Self.idCount - 1))
            titles += 1
            texts[id.description, default: []].append("t\(titles)")
            let stored = client.tables[model.name]?[id]?.version.number ?? 0
            let base = random.once(in: 6) ? stored / 2 : stored + (random.once(in: 4) ? 3 : 0)
            var payload = #"{"sync_id":"\#(id)","version":\#(base),"title":"t\#(titles)""#
            switch random.upTo(19) {
            case 0: payload += #","bogus":1"#
            case 1: payload += #","user_id":"somebody""#
            case 2: payload = #"{"sync_id":"no uuid""#
            case 3: payload += #","title":"twice""#
            case 4: return "7"
            case 5...7: payload += #","is_deleted":true"#
            default: break
            }
            if model.name == Fixture.board.name, client.identity.groups.count > 1, !random.once(in: 4) {
                payload += #","team":"\#(random.pick(client.identity.groups).value)""#
            }
            return payload + "}"
        }
        return SimClient.Batch(
            titles: texts,
            message: #"{"type":"SYNC_BATCH_UPLOAD","table":"\#(model.name)","payloads":["#
                + payloads.joined(separator: ",") + "]}")
    }

    private func receive(at place: SimShard) {
        let ready = place.connections.filter { !$0.packets.isEmpty && !$0.isPaused }
        if !ready.isEmpty { random.pick(ready).receivePacket() }
    }

    private func read(at place: SimShard) {
        guard !place.pages.requests.isEmpty else { return }
        place.arriving.append(
            place.pages.takeFirst().read(log, maximumRecords: pageLimit, claimingAll: mutant == .cutsPages))
    }

    /// The server deletes, for good or not, or changes a record.
    private func changeOnTheServer(at worker: SimWorker) {
        guard let record = log.history.randomElement(using: &random), let model = Fixture.schema[record.key.model]
        else { return }
        let action: Write.Action =
            switch random.upTo(3) {
            case 0: .patch(FieldPatch(for: model), isDeleted: true)
            case 1: .patch(FieldPatch(for: model), isDeleted: false)
            default: .erase
            }
        let write = Write(key: record.key, base: nil, scope: nil, action: action)
        worker.submit(WriteBatch(author: .server, writes: [write])) { _ in }
    }

    /// Time passes. What a client sends at once when it connects has arrived by then.
    private func pass(_ time: TimeAmount) {
        for place in places {
            for connection in place.connections where !connection.hasAsked && !connection.isPaused {
                if !connection.packets.isEmpty { connection.receivePacket() }
            }
            place.loop.advanceTime(by: time)
        }
    }

    // MARK: The store and the bus

    func commit(_ plan: GroupPlan, of batches: [WriteBatch]) {
        let before = log.current
        if let fault = log.append(plan.changes) { return fail(fault) }
        for record in plan.changes {
            if let old = before[record.key], old.version >= record.version || old.scope != record.scope {
                fail("\(record.key) went from \(old.version) in \(old.scope.key) to \(record.version)")
            }
        }
        for (batch, outcomes) in zip(batches, plan.outcomes) {
            guard case .client(let identity) = batch.author else { continue }
            for outcome in outcomes {
                count(outcome.name)
                if let record = outcome.record, let model = Fixture.schema[record.key.model],
                    case let scope = record.scope, !model.scopes(of: identity).contains(scope)
                {
                    fail("user \(identity.user) got at a record of \(scope.key)")
                }
            }
        }
    }

    func publish(_ commit: Commit, by author: SimWorker) {
        for worker in workers {
            let heard = worker === author ? commit : worker.subscriptions.part(of: commit, in: self)
            if mutant == .losesPublicationsUnnoticed {
                if !random.once(in: 1_000) { worker.underWay.append(heard) }
            } else {
                let copies = random.once(in: 8) ? 0 : random.once(in: 8) ? 2 : 1
                worker.underWay += Array(repeating: heard, count: copies)
            }
        }
    }

    /// Whether a write of one of these titles to this record is durable.
    func isCommitted(_ id: String, titles: [String]) -> Bool {
        log.history.contains { titles.contains($0.title) && $0.key.syncID.description == id }
    }

    // MARK: For mutants

    /// The batch as if it were the owner's of what it writes.
    func disguised(_ batch: WriteBatch) -> WriteBatch {
        guard case .client = batch.author, let write = batch.writes.first, let model = Fixture.schema[write.key.model],
            let scope = log.current[write.key]?.scope,
            let owner = Self.identities.first(where: { model.scopes(of: $0).contains(scope) })
        else { return batch }
        return WriteBatch(
            author: .client(owner),
            writes: batch.writes.map { Write(key: $0.key, base: $0.base, scope: scope, action: $0.action) })
    }

    func inEveryScope(_ run: FrameRun) -> [FrameRun] {
        Self.identities.map { FrameRun(scope: .user($0.user), model: run.model, first: run.first, frames: run.frames) }
    }

    // MARK: The end

    /// Nobody does anything new, and everything that is under way comes to its end.
    private func settle() {
        isSettling = true
        defer { isSettling = false }
        for _ in 0..<200 where fault == nil {
            for worker in workers {
                for _ in 0..<20 { worker.write() }
                while !worker.underWay.isEmpty { worker.hearFromBus() }
                worker.endWait()
                worker.checkHead()
                for _ in 0..<20 { worker.readLog() }
            }
            while !headReads.isEmpty { headReads.removeFirst()() }
            for place in places {
                while place.connections.contains(where: { !$0.packets.isEmpty && !$0.isPaused }) { receive(at: place) }
                place.takeDeliveries(.max)
                place.loop.advanceTime(by: .seconds(1))
                if !place.pages.requests.isEmpty { read(at: place) }
                while !place.arriving.isEmpty { place.arriving.removeFirst()() }
                place.loop.run()
                for connection in place.connections { connection.take(upTo: .max) }
            }
            let isQuiet =
                workers.allSatisfy { $0.isIdle && ($0.position == log.head || mutant != nil) } && headReads.isEmpty
                && clients.allSatisfy { $0.connection?.isIdle ?? true }
            if isQuiet {
                quietRounds += 1
                if quietRounds > 3 { break }
            } else {
                quietRounds = 0
            }
        }
        if quietRounds <= 3 { fail("it does not come to rest") }
        quietRounds = 0
    }

    private var quietRounds = 0

    private func compare(_ moment: String) {
        for client in clients where fault == nil && client.connection != nil {
            if let difference = client.difference(from: log) { fail("\(moment), \(difference)") }
        }
    }
}

extension WriteOutcome {
    fileprivate var name: String {
        switch self {
        case .accepted, .resolved: "accepted"
        case .repeated, .answered: "repeated"
        case .conflict: "conflict"
        case .rejected: "rejected"
        }
    }
}
