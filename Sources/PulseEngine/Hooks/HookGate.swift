import Logging
import PulseModel
import PulseWire
import Synchronization

/// Takes uploads through the application's hooks on their way to the write queue.
final class HookGate: Sendable {
    /// Hooks that may run at once, in the whole worker; what a stalled one holds up is bounded by that.
    static let maximumRunning = 1_000
    /// Of one upload's items at once.
    static let maximumRunningOfOne = 16

    private let hooks: [ModelName: ModelHooks]
    private let store: any ChangeStore
    private let logger: Logger
    private let running = Atomic(0)

    init(hooks: [ModelName: ModelHooks], store: any ChangeStore, logger: Logger) {
        self.hooks = hooks
        self.store = store
        self.logger = logger
    }

    func isNeeded(for model: ModelName) -> Bool {
        !hooks.isEmpty && hooks[model]?.incoming != nil
    }

    /// The identity, without the models that it may not access.
    ///
    /// - Throws: ``AuthenticationError``, temporary, where a hook could not tell.
    func admit(_ identity: Identity) async throws(AuthenticationError) -> Identity {
        var withheld: Set<ModelName> = []
        for (model, hooks) in hooks {
            guard let mayAccess = hooks.mayAccess else { continue }
            do {
                let answer = try await run(until: hooks.deadline) { try await mayAccess(identity) }
                if !answer { withheld.insert(model) }
            } catch {
                throw AuthenticationError("the access hook of '\(model)' failed: \(error)", isTemporary: true)
            }
        }
        return withheld.isEmpty ? identity : identity.withholding(withheld)
    }

    /// Takes writes through the model's hook, several at once.
    ///
    /// - Returns: in the same order, each as the hook leaves it, or why it is refused.
    func pass(_ writes: [Write], of model: Model, by identity: Identity) async -> [Result<Write, ItemError>] {
        guard let hooks = hooks[model.name], let incoming = hooks.incoming else { return writes.map { .success($0) } }
        return await withTaskGroup(of: (Int, Result<Write, ItemError>).self) { group in
            var results = [Result<Write, ItemError>?](repeating: nil, count: writes.count)
            for (index, write) in writes.enumerated() {
                if index >= Self.maximumRunningOfOne, let (done, result) = await group.next() { results[done] = result }
                group.addTask {
                    (index, await self.pass(write, of: model, by: identity, through: incoming, until: hooks.deadline))
                }
            }
            for await (done, result) in group { results[done] = result }
            return results.map { $0! }
        }
    }

    private func pass(
        _ write: Write, of model: Model, by identity: Identity,
        through hook: @escaping @Sendable (inout IncomingChange) async throws -> Void, until deadline: Duration
    ) async -> Result<Write, ItemError> {
        guard case .patch(let patch, let isDeleted) = write.action else { return .success(write) }
        do {
            var change = try await change(write, patch, isDeleted, of: model, by: identity)
            // Who may not touch a record is told so by the judge, and learns nothing from a hook.
            if let stored = change.stored, !model.scopes(of: identity).contains(stored.scope) { return .success(write) }
            change = try await run(until: deadline) { [change] in
                var change = change
                try await hook(&change)
                return change
            }
            return .success(try write.altered(by: change.values, patch, isDeleted, of: model))
        } catch let error as Rejection {
            return .failure(ItemError(error.message))
        } catch let error as FieldError {
            return .failure(ItemError(error.description))
        } catch let error as HookError {
            logger.warning("a hook failed", metadata: ["model": "\(model.name)", "error": "\(error)"])
            return .failure(ItemError("The server could not check this record in time. Send it again."))
        } catch {
            logger.error("a hook failed", metadata: ["model": "\(model.name)", "error": "\(error)"])
            return .failure(ItemError("The server could not check this record."))
        }
    }

    private func change(
        _ write: Write, _ patch: FieldPatch, _ isDeleted: Bool?, of model: Model, by identity: Identity
    ) async throws -> IncomingChange {
        var stored = try await store.record(write.key)
        if stored?.state == .erased { stored = nil }
        return IncomingChange(
            identity: identity, key: write.key, base: write.base ?? .zero, stored: stored,
            fields: try (stored?.fields ?? .none).merged(with: patch, in: model),
            isDeleted: isDeleted ?? (stored?.state == .deleted))
    }

    /// Runs a hook, and waits for it no longer than until its deadline, even if it does not care about being cancelled.
    private func run<Value: Sendable>(
        until deadline: Duration, _ hook: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard running.add(1, ordering: .relaxed).newValue <= Self.maximumRunning else {
            running.subtract(1, ordering: .relaxed)
            throw HookError.tooMany
        }
        let answer = Answer<Value>()
        let task = Task {
            defer { running.subtract(1, ordering: .relaxed) }
            do { answer.give(.success(try await hook())) } catch { answer.give(.failure(error)) }
        }
        let timer = Task {
            try await Task.sleep(for: deadline)
            task.cancel()
            answer.give(.failure(HookError.late))
        }
        defer { timer.cancel() }
        return try await answer.wait()
    }

    private enum HookError: Error {
        case late
        case tooMany
    }
}

/// The first of several answers.
private final class Answer<Value: Sendable>: Sendable {
    private enum State {
        case nothing
        case waiting(CheckedContinuation<Value, any Error>)
        case given(Result<Value, any Error>)
    }

    private let state = Mutex(State.nothing)

    func give(_ result: Result<Value, any Error>) {
        let waiting: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .given: return nil
            case .nothing:
                state = .given(result)
                return nil
            case .waiting(let continuation):
                state = .given(result)
                return continuation
            }
        }
        waiting?.resume(with: result)
    }

    func wait() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let given: Result<Value, any Error>? = state.withLock { state in
                if case .given(let result) = state { return result }
                state = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(with: given) }
        }
    }
}

extension Write {
    /// The write with a hook's values: in the place of what the client named, or beside it.
    fileprivate func altered(
        by values: [String: JSONValue], _ patch: FieldPatch, _ isDeleted: Bool?, of model: Model
    ) throws(FieldError) -> Write {
        guard !values.isEmpty else { return self }
        let members = values.map { JSONObject.Member(key: $0.key, value: $0.value) }
        let all = try FieldPatch(members, for: model, by: .server, ignoring: { _ in false })
        let (named, others) = all.parted(by: patch, of: model)
        return Write(
            key: key, base: base, scope: scope,
            action: .patch(patch.overlaid(with: named, of: model), isDeleted: isDeleted), computed: others)
    }
}
