import PulseEngine
import PulseModel
import PulseWire

/// Uploads, from their items to their acks.
extension PulseSession {
    /// What an item is acknowledged by, and what became of it.
    typealias Answers = [(id: JSONValue, result: ItemResult)]

    /// Items that have been read, each with what it asks for or why it is refused.
    private typealias Checked = [(id: JSONValue, write: Result<Write, ItemError>)]

    func submit(
        _ items: [UploadItem], table: String, acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) throws(WireError) {
        guard let shard, let model = engine.schema.model(forTable: table, of: identity) else {
            throw .unknownTable(table)
        }
        metrics.uploads.add()
        let trace = traces.upload(of: model.name, count: items.count)
        let checked = items.map { item in
            (
                id: item.echoedID,
                write: Result { () throws(ItemError) in Write(try item.change(of: model, by: identity)) }
            )
        }
        guard engine.hasHook(for: model.name) else {
            return try submit(checked, of: model, table: table, trace: trace, acknowledge: acknowledge)
        }
        pass(checked, of: model, table: table, on: shard, trace: trace, acknowledge: acknowledge)
    }

    /// Takes items through the model's hook, when the uploads before them are stored and it can see that.
    private func pass(
        _ checked: Checked, of model: Model, table: String, on shard: Shard, trace: Trace,
        acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) {
        // What waits for a hook is on its way, and nothing behind it is read.
        isInHook = true
        guard uploadsInFlight == 0 else {
            waitingForHook = {
                self.pass(checked, of: model, table: table, on: shard, trace: trace, acknowledge: acknowledge)
            }
            return
        }
        // News must not overtake a first request that may stand behind.
        let isFresh = subscriber?.isFresh == true
        if isFresh { subscriber?.requestDelayed() }
        hook = Task { [engine, identity] in
            let writes = checked.compactMap { try? $0.write.get() }
            let passed: Result<[Result<Write, ItemError>], WriteError>
            do throws(WriteError) {
                passed = .success(try await engine.pass(writes, of: model, by: identity))
            } catch {
                passed = .failure(error)
            }
            shard.perform {
                self.isInHook = false
                guard self.connection != nil else { return trace.end() }
                if case .failure(let error) = passed { trace.end(error) }
                do throws(WireError) {
                    let writes = try passed.mapError { WireError($0, table: table) }.get()
                    var next = writes.makeIterator()
                    let checked = checked.map { item in (id: item.id, write: item.write.flatMap { _ in next.next()! }) }
                    try self.submit(checked, of: model, table: table, trace: trace, acknowledge: acknowledge)
                } catch {
                    self.answer(.failure(error))
                }
                if isFresh { self.subscriber?.requestArrived() }
                self.adjustReading()
            }
        }
    }

    private func submit(
        _ checked: Checked, of model: Model, table: String, trace: Trace,
        acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) throws(WireError) {
        guard let shard else { return }
        let batch = WriteBatch(author: .client(identity), writes: checked.compactMap { try? $0.write.get() })
        do throws(WriteError) {
            try engine.submit(batch) { result in
                // Acks go ahead of the pushes that the same commit causes.
                shard.perform {
                    switch result {
                    case .success(let outcomes):
                        var next = outcomes.makeIterator()
                        let settled = checked.map { item -> (JSONValue, Result<WriteOutcome, ItemError>) in
                            (item.id, item.write.map { _ in next.next()! })
                        }
                        self.acknowledge(settled, of: model, with: acknowledge)
                        trace.end(settled.lazy.map(\.1))
                    case .failure(let error):
                        trace.end(error)
                        self.refuse(WireError(error, table: table))
                    }
                    self.uploadEnded()
                }
            }
        } catch {
            trace.end(error)
            throw WireError(error, table: table)
        }
        uploadsInFlight += 1
    }

    private func acknowledge(
        _ settled: [(id: JSONValue, outcome: Result<WriteOutcome, ItemError>)], of model: Model,
        with acknowledge: (inout FrameBuffer, Answers) -> Void
    ) {
        metrics.count(settled.lazy.map(\.outcome))
        guard let subscriber else { return }
        var frames = FrameBuffer(reserving: 64 + 48 * settled.count)
        acknowledge(&frames, settled.map { (id: $0.id, result: ItemResult($0.outcome)) })
        subscriber.send(frames)
        for case .success(let outcome) in settled.lazy.map(\.outcome) {
            switch outcome {
            // The client converges at once: on the version its own write got, or on the winner.
            case .repeated(let record), .conflict(let record): subscriber.sendAgain(record, of: model)
            case .accepted, .resolved, .answered, .rejected: break
            }
        }
    }

    private func uploadEnded() {
        uploadsInFlight -= 1
        if uploadsInFlight == 0 {
            let messages = waiting
            waiting = []
            for message in messages { answer(message) }
            let passing = waitingForHook
            waitingForHook = nil
            passing?()
        }
        adjustReading()
    }
}

extension ItemResult {
    init(_ outcome: Result<WriteOutcome, ItemError>) {
        switch outcome {
        case .success(.accepted), .success(.resolved), .success(.repeated), .success(.answered): self = .synced
        case .success(.conflict): self = .conflict
        case .success(.rejected(let error)), .failure(let error): self = .failed(error)
        }
    }
}
