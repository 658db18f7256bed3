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

    /// Takes writes through the model's hook: those of one record one after the other, several records at once.
    ///
    /// - Returns: in the same order, each as the hook leaves it, or why it is refused.
    /// - Throws: ``WriteError`` when the store does not answer, too many hooks run, or the task is cancelled: then the
    ///   same writes may pass later.
    func pass(
        _ writes: [Write], of model: Model, by identity: Identity
    ) async throws(WriteError) -> [Result<Write, ItemError>] {
        guard let hooks = hooks[model.name], let incoming = hooks.incoming else { return writes.map { .success($0) } }
        let passage = Passage(model: model, identity: identity, hook: incoming, deadline: hooks.deadline)
        var keys: [RecordKey] = []
        var places: [RecordKey: [Int]] = [:]
        for (index, write) in writes.enumerated() {
            if places[write.key] == nil { keys.append(write.key) }
            places[write.key, default: []].append(index)
        }
        let results = await withTaskGroup(of: Passed.self) { group in
            defer { group.cancelAll() }
            var results = [Result<Write, ItemError>?](repeating: nil, count: writes.count)
            var waiting = keys[...]
            var running = 0
            while true {
                while running < Self.maximumRunningOfOne, let key = waiting.popFirst() {
                    let writes = places[key]!.map { ($0, writes[$0]) }
                    group.addTask { await self.pass(writes, of: key, through: passage) }
                    running += 1
                }
                switch await group.next() {
                case .success(let passed):
                    for (index, result) in passed { results[index] = result }
                    running -= 1
                case .failure(let error): return Result<[Result<Write, ItemError>], WriteError>.failure(error)
                case nil: return .success(results.map { $0! })
                }
            }
        }
        return try results.get()
    }

    /// Writes with their places in the upload, each as the hook leaves it, or why it is refused.
    private typealias Passed = Result<[(Int, Result<Write, ItemError>)], WriteError>

    /// What all writes of an upload go through.
    private struct Passage: Sendable {
        let model: Model
        let identity: Identity
        let hook: @Sendable (inout IncomingChange) async throws -> Void
        let deadline: Duration
    }

    /// Takes the writes of one record through the hook, each on top of those before it.
    private func pass(
        _ writes: [(Int, Write)], of key: RecordKey, through passage: Passage
    ) async -> Passed {
        let stored: Record?
        do {
            stored = try await store.record(key).flatMap { $0.state == .erased ? nil : $0 }
        } catch {
            return .failure(.unavailable(error))
        }
        // Who may not touch a record is told so by the judge, and learns nothing from a hook.
        if let stored, !passage.model.scopes(of: passage.identity).contains(stored.scope) {
            return .success(writes.map { ($0, .success($1)) })
        }
        var fields = stored?.fields ?? .none
        var isDeleted = stored?.state == .deleted
        var results: [(Int, Result<Write, ItemError>)] = []
        for (index, write) in writes {
            guard !Task.isCancelled else { return .failure(.closed) }
            do {
                let passed = try await pass(write, on: stored, &fields, &isDeleted, through: passage)
                results.append((index, .success(passed)))
            } catch let error as Rejection {
                results.append((index, .failure(ItemError(error.message))))
            } catch let error as FieldError {
                results.append((index, .failure(ItemError(error.description))))
            } catch HookError.tooMany {
                return .failure(.busy)
            } catch {
                logger.error("a hook failed", metadata: ["model": "\(key.model)", "error": "\(error)"])
                results.append((index, .failure(ItemError("The server could not check this record."))))
            }
        }
        return .success(results)
    }

    /// - Parameters:
    ///   - fields: as the writes before this one leave them; then as this one does.
    ///   - wasDeleted: whether they leave the record deleted; then whether this one does.
    private func pass(
        _ write: Write, on stored: Record?, _ fields: inout FieldValues, _ wasDeleted: inout Bool,
        through passage: Passage
    ) async throws -> Write {
        if case .replace = write.action {
            return try await pass(document: write, on: stored, &fields, &wasDeleted, through: passage)
        }
        guard case .patch(let patch, let isDeleted) = write.action else { return write }
        let before = IncomingChange(
            identity: passage.identity, key: write.key, base: write.base ?? .zero, stored: stored,
            fields: try fields.merged(with: patch, in: passage.model), isDeleted: isDeleted ?? wasDeleted)
        let change = try await ask(passage, about: before)
        let altered = try write.altered(by: change.values, patch, isDeleted, of: passage.model)
        if case .patch(let patch, _) = altered.action {
            fields = try fields.merged(with: patch, in: passage.model)
            if let computed = altered.computed { fields = try fields.merged(with: computed, in: passage.model) }
        }
        wasDeleted = before.isDeleted
        return altered
    }

    private func pass(
        document write: Write, on stored: Record?, _ fields: inout FieldValues, _ wasDeleted: inout Bool,
        through passage: Passage
    ) async throws -> Write {
        guard case .replace(let document, let isDeleted) = write.action else { return write }
        let before = IncomingChange(
            identity: passage.identity, key: write.key, base: write.base ?? .zero, stored: stored, fields: document,
            isDeleted: isDeleted)
        let change = try await ask(passage, about: before)
        (fields, wasDeleted) = (try document.replacing(change.values), isDeleted)
        return Write(
            key: write.key, basis: write.basis, scope: write.scope,
            action: .replace(fields, isDeleted: isDeleted))
    }

    /// The change as the passage's hook leaves it.
    private func ask(_ passage: Passage, about change: IncomingChange) async throws -> IncomingChange {
        try await run(until: passage.deadline) {
            var change = change
            try await passage.hook(&change)
            return change
        }
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
            key: key, basis: basis, scope: scope,
            action: .patch(patch.overlaid(with: named, of: model), isDeleted: isDeleted), computed: others)
    }
}
