import PulseEngine
import PulseModel
import PulseWire

/// The changes of a push as writes, and what is to be answered where they cannot be such. A pure value.
struct PushPlan: Sendable {
    /// One for each change: its write, or why it is rejected.
    private(set) var items: [Result<Write, ItemError>] = []
    /// The model of each change; nil where its author may not write there.
    private(set) var models: [Model?] = []

    init(_ request: PushRequest, by identity: Identity, schema: Schema) {
        for change in request.changes {
            do throws(CollectionDenial) {
                let model = try schema.collection(change.collection, for: identity)
                guard !identity.readOnly.contains(model.name) else { throw .accessDenied(model.name) }
                models.append(model)
                items.append(Self.item(change, of: model, in: model.scopes(of: identity)))
            } catch {
                models.append(nil)
                items.append(.failure(ItemError(error.description)))
            }
        }
    }

    private static func item(
        _ change: PushRequest.Change, of model: Model, in scopes: [Scope]
    ) -> Result<Write, ItemError> {
        let meant = change.scopeID.map { name in scopes.filter { $0.isNamed(name) } } ?? scopes
        guard !meant.isEmpty else { return .failure(ItemError("scope_id: must be one of yours")) }
        let wish = DocumentChange(of: model, change.id, in: meant.count == 1 ? meant[0] : nil, change.operation)
        do throws(FieldError) {
            return .success(try wish.write(basis: .stamp(change.parent), by: .client))
        } catch {
            return .failure(ItemError(error.description))
        }
    }

    /// The first change that is rejected before it is judged.
    var firstRejected: Int? {
        items.firstIndex { if case .failure = $0 { true } else { false } }
    }

    var writes: [Write] { items.compactMap { try? $0.get() } }

    /// Puts what a hook made of the writes of a model in their place.
    mutating func replace(writesOf name: ModelName, with passed: [Result<Write, ItemError>]) {
        var next = passed.makeIterator()
        for index in items.indices where models[index]?.name == name {
            if case .success = items[index], let write = next.next() { items[index] = write }
        }
    }

    /// What is answered to a change, by its outcome.
    func result(_ outcome: WriteOutcome, of index: Int) -> PushResult {
        guard case .rejected(let error) = outcome, error == .missing, case .success(let write) = items[index],
            items[..<index].contains(where: { (try? $0.get())?.key == write.key })
        else { return PushResult(outcome) }
        return .superseded(by: nil)
    }

    /// What is answered where a push is atomic and one change is rejected.
    func rolledBack(for index: Int, _ result: PushResult) -> [PushResult] {
        items.indices.map { $0 == index ? result : .rolledBack }
    }
}
