import PulseEngine
import PulseModel

/// A question about the records of a model.
///
/// ```swift
/// let open = try await records.query(Task.self).in(.user(ann))
///     .where(\.completed == false).where(\.priority > 2)
///     .ordered(by: \.title).limit(50).all()
/// ```
///
/// It goes through all records of the scope, or of the model where it names no scope.
public struct Query<Value: SyncModel>: Sendable {
    private let records: Records
    private var query = RecordQuery(Value.modelName)
    /// What cannot be asked, to be told when it is.
    private var problem: FieldError?

    init(records: Records) {
        self.records = records
    }

    /// Of one user, one group, or everybody only.
    public func `in`(_ scope: Scope) -> Query {
        with { $0.query.scope = scope }
    }

    /// Only records for which this holds, too: `\.completed == false`.
    public func `where`(_ condition: Condition<Value>) -> Query {
        with { query in
            switch condition.content {
            case .success(let condition): query.query.conditions.append(condition)
            case .failure(let error): query.problem = query.problem ?? error
            }
        }
    }

    /// In the order of a field's values; where they are equal, as ordered after this, and at last by creation.
    public func ordered(by property: PartialKeyPath<Value>, descending: Bool = false) -> Query {
        guard let name = Value.definition.name(of: property) else {
            return with { $0.problem = $0.problem ?? .noField(property) }
        }
        return ordered(by: .field(name), descending: descending)
    }

    /// In the order of creation or of the last change.
    public func ordered(by key: RecordQuery.Key, descending: Bool = false) -> Query {
        with { $0.query.order.append(.init(key, isDescending: descending)) }
    }

    /// No more than so many records.
    public func limit(_ count: Int) -> Query {
        with { $0.query.limit = count }
    }

    /// Only what comes behind a record, in this query's order: the last one of the page before.
    public func after(_ value: Value) -> Query {
        with { $0.query.after = value.sync.record }
    }

    /// Soft-deleted records, too.
    public func includingDeleted() -> Query {
        with { $0.query.includesDeleted = true }
    }

    /// The records, as they are at one moment.
    ///
    /// - Throws: `RecordsError`.
    public func all() async throws -> [Value] {
        try await records.find(asked()).map { try Value(stored: $0) }
    }

    /// The first of them; nil where there is none.
    ///
    /// - Throws: `RecordsError`.
    public func first() async throws -> Value? {
        try await limit(1).all().first
    }

    /// How many there are, the limit aside.
    ///
    /// - Throws: `RecordsError`.
    public func count() async throws -> Int {
        try await records.count(asked())
    }

    private func asked() throws(RecordsError) -> RecordQuery {
        if let problem { throw .invalid(problem.description) }
        return query
    }

    private func with(_ change: (inout Query) -> Void) -> Query {
        var query = self
        change(&query)
        return query
    }
}

/// What a field of the records must be; made by comparing a property with a value.
public struct Condition<Value: SyncModel>: Sendable {
    let content: Result<RecordQuery.Condition, FieldError>

    fileprivate init<Field: FieldValue>(
        _ property: KeyPath<Value, Field>, _ comparison: RecordQuery.Comparison, _ value: Field
    ) {
        content = Result { () throws(FieldError) in
            guard let name = Value.definition.name(of: property) else { throw .noField(property) }
            return .init(name, comparison, try value.fieldJSON())
        }
    }
}

public func == <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value>
{
    Condition(property, .equal, value)
}

public func != <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value>
{
    Condition(property, .notEqual, value)
}

public func < <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value> {
    Condition(property, .less, value)
}

public func <= <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value>
{
    Condition(property, .lessOrEqual, value)
}

public func > <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value> {
    Condition(property, .greater, value)
}

public func >= <Value: SyncModel, Field: FieldValue>(property: KeyPath<Value, Field>, value: Field) -> Condition<Value>
{
    Condition(property, .greaterOrEqual, value)
}

extension FieldError {
    /// A query asks for what is no field: a computed property, a part of a value, or what the sync itself keeps.
    fileprivate static func noField(_ property: AnyKeyPath) -> FieldError {
        FieldError("\(property) is no field; only the model's stored properties can be asked for")
    }
}
