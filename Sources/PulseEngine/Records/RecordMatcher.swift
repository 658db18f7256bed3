import PulseModel

/// A query made ready to look at records: a pure function of each.
struct RecordMatcher: Sendable {
    fileprivate struct Test: Sendable {
        let field: Field
        let comparison: RecordQuery.Comparison
        let value: [UInt8]
    }

    private enum Key: Sendable {
        case field(Field)
        case id
        case version
    }

    let selection: RecordSelection
    private let tests: [Test]
    private let order: [(key: Key, isDescending: Bool)]
    private let includesDeleted: Bool
    private let after: Record?

    /// - Throws: ``RecordsError``, `invalid`, when the query names what the model does not have.
    init(_ query: RecordQuery, schema: Schema) throws(RecordsError) {
        guard let model = schema[query.model] else { throw .invalid("There is no model '\(query.model)'.") }
        tests = try query.conditions.map { condition throws(RecordsError) in
            let field = try model.field(named: condition.field)
            do throws(FieldError) {
                let value = try field.kind.storedForm(of: condition.value, isNullable: true)
                return Test(field: field, comparison: condition.comparison, value: value)
            } catch {
                throw .invalid("\(condition.field): \(error.message)")
            }
        }
        order = try query.order.map { order throws(RecordsError) in
            switch order.key {
            case .field(let name): (.field(try model.field(named: name)), order.isDescending)
            case .id: (.id, order.isDescending)
            case .version: (.version, order.isDescending)
            }
        }
        includesDeleted = query.includesDeleted
        after = query.after
        // A record from before the field was declared has its default without having the member.
        let members = tests.filter { $0.comparison == .equal && $0.value != $0.field.defaultValue }
        selection = RecordSelection(
            model: query.model, scope: query.scope,
            members: members.map { Array("\"\($0.field.name)\":".utf8) + $0.value })
    }

    func matches(_ record: Record) -> Bool {
        guard includesDeleted || record.state == .live else { return false }
        return tests.allSatisfy { $0.holds(for: record) } && (after.map { precedes($0, record) } ?? true)
    }

    func precedes(_ left: Record, _ right: Record) -> Bool {
        for (key, isDescending) in order {
            let (first, second) = isDescending ? (right, left) : (left, right)
            switch key {
            case .id:
                if first.id != second.id { return first.id < second.id }
            case .version:
                if first.version != second.version { return first.version < second.version }
            case .field(let field):
                let (a, b) = (first.fields.storedValue(of: field), second.fields.storedValue(of: field))
                if field.kind.isOrdered(a, before: b) { return true }
                if field.kind.isOrdered(b, before: a) { return false }
            }
        }
        return left.id < right.id
    }
}

extension RecordMatcher.Test {
    func holds(for record: Record) -> Bool {
        let found = record.fields.storedValue(of: field)
        switch comparison {
        case .equal: return found == value
        case .notEqual: return found != value
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let null = Array("null".utf8)
            guard found != null, value != null else { return false }
            switch comparison {
            case .less: return field.kind.isOrdered(found, before: value)
            case .lessOrEqual: return !field.kind.isOrdered(value, before: found)
            case .greater: return field.kind.isOrdered(value, before: found)
            default: return !field.kind.isOrdered(found, before: value)
            }
        }
    }
}

extension Model {
    fileprivate func field(named name: String) throws(RecordsError) -> Field {
        guard let index = index(ofField: name) else {
            throw .invalid("The model '\(self.name)' has no field '\(name)'.")
        }
        return fields[index]
    }
}

/// The first records of an order, so many at most.
struct RecordRanking: Sendable {
    private(set) var records: [Record] = []

    mutating func add(_ record: Record, limit: Int?, by matcher: RecordMatcher) {
        if let limit {
            guard limit > 0 else { return }
            if records.count == limit {
                guard matcher.precedes(record, records[limit - 1]) else { return }
                records.removeLast()
            }
            var low = 0
            var high = records.count
            while low < high {
                let middle = (low + high) / 2
                if matcher.precedes(records[middle], record) { low = middle + 1 } else { high = middle }
            }
            records.insert(record, at: low)
        } else {
            records.append(record)
        }
    }
}
