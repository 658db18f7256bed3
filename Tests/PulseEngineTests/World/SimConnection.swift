import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// A connection with a session behind it, without the socket: packets go in, frames come out, as fast as the client
/// takes them. What the session does is what the server's own does.
final class SimConnection: Outlet, @unchecked Sendable {
    let client: SimClient
    let place: SimShard
    private unowned let world: World
    private var subscriber: Subscriber!
    private let highWatermark: Int
    /// Packets under way to the server: the messages of each.
    private(set) var packets: [[String]] = []
    /// Batches that the server has not answered, in order.
    private var unacked: [SimClient.Batch] = []
    private var isOpen = true

    private var unflushed: [(frame: Frame, byteCount: Int)] = []
    private var sent: [(frame: Frame, byteCount: Int)] = []
    private var queuedBytes = 0

    private var uploadsInFlight = 0
    private var waitingDeltas: [RequestDelta] = []

    /// The newest version that was sent, and everything that was.
    private var newestSent = Version.zero
    private var everSent: Set<Version> = []
    /// For each table, what the client said it has.
    private var cursors: [ModelName: Version] = [:]

    init(_ client: SimClient, at place: SimShard, of world: World, highWatermark: Int) {
        self.client = client
        self.place = place
        self.world = world
        self.highWatermark = highWatermark
        let hold: TimeAmount = world.mutant == .doesNotHold ? .zero : .seconds(1)
        subscriber = Subscriber(
            identity: client.identity, schema: Fixture.schema, shard: place.shard, pages: place.pages, outlet: self,
            hold: hold)
    }

    // MARK: The client's end

    func send(_ batches: [SimClient.Batch], _ messages: [String]) {
        unacked += batches
        packets.append(batches.map(\.message) + messages)
    }

    /// Gives the client what has left the server, as many whole frames as fit so many bytes.
    func take(upTo byteCount: Int) {
        let wasWritable = isWritable
        var rest = byteCount
        var count = 0
        while count < sent.count, sent[count].byteCount <= rest {
            rest -= sent[count].byteCount
            queuedBytes -= sent[count].byteCount
            client.received(sent[count].frame)
            count += 1
        }
        sent.removeFirst(count)
        if let fault = client.fault { world.fail(fault) }
        if !wasWritable, isWritable { subscriber.outletBecameWritable() }
    }

    func close() {
        isOpen = false
        if !isIdle { world.count("cut off in the midst") }
        subscriber.close()
        place.connections.removeAll { $0 === self }
        client.connection = nil
    }

    // MARK: The server's end

    var isWritable: Bool { queuedBytes < highWatermark }

    func write(frames: ByteBuffer) {
        if !isWritable { world.count("written to a slow client") }
        var frames = frames
        while let length = Frame.length(in: frames), let bytes = frames.readSlice(length: length) {
            let frame = Frame(bytes)
            check(frame)
            queuedBytes += length
            unflushed.append((frame, length))
        }
        if queuedBytes > highWatermark + World.mostBytesPerTurn {
            world.fail("\(queuedBytes) bytes are kept for \(client.name)")
        }
    }

    func flush() {
        sent += unflushed
        unflushed.removeAll(keepingCapacity: true)
    }

    var isIdle: Bool { packets.isEmpty && sent.isEmpty && unflushed.isEmpty && uploadsInFlight == 0 }
    /// Whether the client's first request has been taken.
    private(set) var hasAsked = false
    /// Whether no message is taken from the client.
    var isPaused: Bool { uploadsInFlight >= 8 || !waitingDeltas.isEmpty || !isWritable }

    /// Takes one packet in one turn of the loop.
    func receivePacket() {
        for message in packets.removeFirst() where isOpen { received(message) }
        flush()
    }

    private func received(_ message: String) {
        do {
            let message = try Array(message.utf8).withUnsafeBytes { try ClientMessage.decode($0, limits: WireLimits()) }
            switch message {
            case .requestDelta(let request):
                hasAsked = true
                if uploadsInFlight > 0 {
                    subscriber.expectRequest()
                    waitingDeltas.append(request)
                } else {
                    answer(request)
                }
            case .upload(let upload): submit([upload.item], table: upload.table)
            case .batchUpload(let batch): submit(batch.items, table: batch.table)
            case .auth: preconditionFailure("Nobody renews a token here.")
            }
        } catch {
            refuse(error as! WireError)
        }
    }

    private func refuse(_ error: WireError) {
        var frames = FrameBuffer()
        frames.appendError(error)
        subscriber.send(frames)
    }

    private func answer(_ request: RequestDelta) {
        let model = Fixture.schema.model(forTable: request.table, of: client.identity)!
        cursors[model.name] = max(cursors[model.name] ?? .zero, request.lastVersion)
        if request.lastVersion <= place.shard.position {
            begin(request, of: model)
            return
        }
        subscriber.requestDelayed()
        world.count("asked ahead of the worker")
        world.headReads.append { [self] in
            let head = world.log.head
            place.shard.perform { [self] in
                guard isOpen else { return }
                if request.lastVersion > head {
                    refuse(WireError(.cursorAhead, "", table: request.table))
                } else {
                    begin(request, of: model)
                }
                subscriber.requestArrived()
            }
        }
    }

    private func begin(_ request: RequestDelta, of model: Model) {
        subscriber.requestDelta(model, as: request.table, after: request.lastVersion)
        if world.mutant == .answersTableByTable { place.answerAll(from: world.log) }
    }

    private func submit(_ items: [UploadItem], table: String) {
        let model = Fixture.schema.model(forTable: table, of: client.identity)!
        let checked = items.map { item in
            (
                id: item.echoedID,
                write: Result { () throws(ItemError) in Write(try item.change(of: model, by: client.identity)) }
            )
        }
        if world.mutant == .acksBeforeCommit {
            var frames = FrameBuffer()
            frames.appendBatchAck(table: table, items: checked.map { ($0.id, .synced) })
            subscriber.send(frames)
        }
        uploadsInFlight += 1
        let batch = WriteBatch(
            author: .client(client.identity), writes: checked.compactMap { try? $0.write.get() })
        place.worker.submit(batch) { [self] outcomes in
            place.shard.perform { [self] in
                uploadsInFlight -= 1
                guard isOpen else { return }
                if let outcomes {
                    var next = outcomes.makeIterator()
                    let settled = checked.map { item in (item.id, item.write.map { _ in next.next()! }) }
                    acknowledge(settled, table: table, model: model)
                } else {
                    refuse(WireError(.storeUnavailable, "", table: table))
                }
                guard uploadsInFlight == 0 else { return }
                let deltas = waitingDeltas
                waitingDeltas = []
                for delta in deltas { answer(delta) }
            }
        }
    }

    private func acknowledge(
        _ settled: [(id: JSONValue, outcome: Result<WriteOutcome, ItemError>)], table: String, model: Model
    ) {
        if world.mutant != .acksBeforeCommit {
            var frames = FrameBuffer()
            frames.appendBatchAck(
                table: table,
                items: settled.map { item in
                    switch item.outcome {
                    case .success(.accepted), .success(.resolved), .success(.repeated), .success(.answered):
                        (item.id, .synced)
                    case .success(.conflict): (item.id, .conflict)
                    case .success(.rejected(let error)), .failure(let error): (item.id, .failed(error))
                    }
                })
            subscriber.send(frames)
        }
        for case .success(let outcome) in settled.map(\.outcome) {
            guard outcome.accepted == nil, let record = outcome.record else { continue }
            if world.mutant == .sendsWinnersFromMemory {
                guard record.version <= place.shard.position else { continue }
                var frames = FrameBuffer()
                frames.appendUpdate(record, of: model, as: .push)
                subscriber.send(frames)
            } else {
                subscriber.sendAgain(record, of: model)
            }
        }
    }

    /// Sends pushes past the engine.
    func push(_ runs: [FrameRun]) {
        for run in runs where Fixture.schema.scopes(of: client.identity).contains(run.scope) {
            write(frames: run.frames)
        }
        flush()
    }

    // MARK: What must hold

    private func check(_ frame: Frame) {
        switch frame.content {
        case .update(let table, let syncID, let version, _, let data):
            let model = ModelName(anyCase: table)!
            guard version <= world.log.head else {
                return world.fail("\(client.name) is sent \(version), which is not committed")
            }
            let record = world.log.history[Int(version.number) - 1]
            guard record.key == RecordKey(model: model, syncID: syncID), record.title == data["title"]?.text else {
                return world.fail("\(client.name) is sent at \(version) what was not committed there")
            }
            checkScope(of: record)
            if version > newestSent {
                newestSent = version
            } else if !everSent.contains(version), version > cursors[model] ?? .zero {
                world.fail("\(client.name) is sent \(version) behind \(newestSent)")
            }
            everSent.insert(version)
        case .erase(let table, let syncID):
            let key = RecordKey(model: ModelName(anyCase: table)!, syncID: syncID)
            guard let record = world.log.current[key] else {
                return world.fail("\(client.name) is told to erase what never was")
            }
            checkScope(of: record)
        case .other(let message):
            guard message.answersUpload, !unacked.isEmpty else { return }
            let batch = unacked.removeFirst()
            guard case .array(let ids)? = message["synced_ids"] else { return }
            for case .string(let id) in ids where !world.isCommitted(id, titles: batch.titles[id] ?? []) {
                world.fail("\(client.name) is acked \(id) before it is committed")
            }
        }
    }

    private func checkScope(of record: Record) {
        if !Fixture.schema.scopes(of: client.identity).contains(record.scope) {
            world.fail("\(client.name) is sent a record of \(record.scope.key)")
        }
    }
}
