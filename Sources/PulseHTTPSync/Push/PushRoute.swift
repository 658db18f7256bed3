import HTTPTypes
import Hummingbird
import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// `POST /push`: takes a request to the write queue, and the outcomes back.
struct PushRoute: Sendable {
    let engine: SyncEngine
    let isAtomic: Bool
    let metrics: SyncMetrics

    func respond(to request: PushRequest, by identity: Identity) async throws(SyncError) -> Response {
        metrics.pushedChanges.add(request.changes.count)
        let identity = identity.on(request.client)
        let results: [PushResult]
        do {
            results = try await push(request, by: identity)
        } catch {
            metrics.pushes.failure.add()
            throw error
        }
        (results.contains(where: \.isRejected) ? metrics.pushes.failure : metrics.pushes.success).add()
        var writer = JSONWriter(reserving: 32 + 160 * results.count)
        writer.raw(#"{"results":["#)
        for (index, (change, result)) in zip(request.changes, results).enumerated() {
            if index > 0 { writer.raw(",") }
            result.write(of: change.id, to: &writer)
        }
        writer.raw("]}")
        return Response(json: writer.bytes)
    }

    private func push(_ request: PushRequest, by identity: Identity) async throws(SyncError) -> [PushResult] {
        var plan = PushPlan(request, by: identity, schema: engine.schema)
        try await pass(&plan, by: identity)
        if isAtomic, let index = plan.firstRejected, case .failure(let error) = plan.items[index] {
            return plan.rolledBack(for: index, .rejected(error.message))
        }
        let writes = plan.writes
        let outcomes = writes.isEmpty ? [] : try await submit(writes, by: identity)
        var next = outcomes.makeIterator()
        let results = plan.items.enumerated().map { index, item -> PushResult in
            switch item {
            case .success: next.next().map { plan.result($0, of: index) } ?? .rolledBack
            case .failure(let error): .rejected(error.message)
            }
        }
        for (model, result) in zip(plan.models, results) where result.isConflict {
            if let model { metrics.countConflict(in: model.name) }
        }
        if isAtomic, let index = results.firstIndex(where: \.isRejected) {
            return plan.rolledBack(for: index, results[index])
        }
        return results
    }

    /// Takes the writes through the application's hooks.
    private func pass(_ plan: inout PushPlan, by identity: Identity) async throws(SyncError) {
        var seen: Set<ModelName> = []
        for case let model? in plan.models where seen.insert(model.name).inserted && engine.hasHook(for: model.name) {
            let writes = plan.writes.filter { $0.key.model == model.name }
            do throws(WriteError) {
                plan.replace(writesOf: model.name, with: try await engine.pass(writes, of: model, by: identity))
            } catch {
                throw SyncError(error)
            }
        }
    }

    private func submit(_ writes: [Write], by identity: Identity) async throws(SyncError) -> [WriteOutcome] {
        let batch = WriteBatch(
            author: .client(identity), writes: writes, isAtomic: isAtomic, isRemembered: identity.client != nil)
        let result: Result<[WriteOutcome], WriteError> = await withCheckedContinuation { continuation in
            do throws(WriteError) {
                try engine.submit(batch) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        switch result {
        case .success(let outcomes): return outcomes
        case .failure(let error): throw SyncError(error)
        }
    }
}

extension SyncError {
    init(_ error: WriteError) {
        switch error {
        case .busy: self = .later("Too much is waiting to be written")
        case .closed: self = .later("The server is stopping")
        case .unavailable: self = .later("The store does not answer")
        case .storeFull:
            self = .refused(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "The store is full: only deletes are taken")
        case .tooLarge: self = .refused(.contentTooLarge, "The documents are too large for one push")
        case .readOnly: self = .denied("Access denied")
        }
    }
}

extension Response {
    init(json: [UInt8]) {
        self.init(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: json)))
    }
}
