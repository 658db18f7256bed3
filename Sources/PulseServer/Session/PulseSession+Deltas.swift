import PulseEngine
import PulseModel
import PulseWire

/// Requests for what has changed.
extension PulseSession {
    func answer(_ request: RequestDelta) throws(WireError) {
        guard let subscriber, let shard, let model = engine.schema.model(forTable: request.table, of: identity) else {
            throw .unknownTable(request.table)
        }
        if request.lastVersion <= shard.position {
            begin(request, of: model, for: subscriber)
            return
        }
        // This worker may lag behind another that the client was connected to; only the store knows.
        isLookingUp = true
        subscriber.requestDelayed()
        Task { [engine] in
            let head = try? await engine.store.head()
            shard.perform {
                self.isLookingUp = false
                guard let subscriber = self.subscriber else { return }
                if let head, request.lastVersion <= head {
                    self.begin(request, of: model, for: subscriber)
                } else {
                    self.refuse(head.map { .cursorAhead(request, head: $0) } ?? .unavailable(request.table))
                }
                subscriber.requestArrived()
                self.adjustReading()
            }
        }
    }

    private func begin(_ request: RequestDelta, of model: Model, for subscriber: Subscriber) {
        metrics.deltas.add()
        let trace = traces.delta(of: model.name, after: request.lastVersion)
        subscriber.requestDelta(model, as: request.table, after: request.lastVersion)
        if trace.isRecording { subscriber.whenLive { trace.end() } }
    }
}
