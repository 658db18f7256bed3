/// The values of a record's fields, as the members of a JSON object in canonical form, without the braces:
/// `"title":"A","completed":false`.
///
/// First the model's fields in declared order, as they were declared when the record was written, then kept fields
/// that the model does not declare.
public struct FieldValues: Sendable, Hashable {
    public let bytes: [UInt8]

    /// - Parameter bytes: members in canonical form, from ``merged(with:in:)`` or a store.
    public init(canonical bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The most bytes that a record's fields have: kept fields would let it grow with every upload.
    public static let maximumByteCount = 4 << 20

    /// How many fields that the model does not declare a record may have whose conflicts are merged: they are compared one
    /// by one.
    public static let maximumMergedExtras = 1_000

    /// What a tombstone holds.
    public static let none = FieldValues(canonical: [])

    /// The values after a patch: only what it names changes.
    ///
    /// - Throws: ``FieldError`` when a field that has no default would be left without a value, or all of them
    ///   together would have more than ``maximumByteCount`` bytes, or too many of them are not declared.
    public func merged(with patch: FieldPatch, in model: Model) throws(FieldError) -> FieldValues {
        var slots = [Range<Int>?](repeating: nil, count: model.fields.count)
        var extras: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        scan(in: model, declared: { slots[$0] = $1 }, extra: { extras.append((bytes[$0], bytes[$1])) })
        // Few names are looked for one by one. Of many, as a hostile client may send, that would take quadratic time.
        let isHashed = patch.extras.count > 16
        var places: [ArraySlice<UInt8>: Int] = [:]
        if isHashed { for (index, extra) in extras.enumerated() { places[extra.name] = index } }
        for extra in patch.extras {
            let name = extra.name[...]
            let value = patch.bytes[extra.range]
            if let index = isHashed ? places[name] : extras.firstIndex(where: { $0.name == name }) {
                extras[index].value = value
            } else {
                if isHashed { places[name] = extras.count }
                extras.append((name, value))
            }
        }

        guard !model.mergesConflicts || extras.count <= Self.maximumMergedExtras else {
            throw FieldError(
                "The record would have more than \(Self.maximumMergedExtras) fields that are not declared.")
        }

        var writer = JSONWriter(reserving: bytes.count + patch.bytes.count + 24 * model.fields.count)
        for (index, field) in model.fields.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.key(field.name)
            if let range = patch.ranges[index] {
                writer.raw(patch.bytes[range])
            } else if let range = slots[index] {
                writer.raw(bytes[range])
            } else if let defaultValue = field.defaultValue {
                writer.raw(defaultValue)
            } else {
                throw FieldError(field: field.name, "is required")
            }
        }
        for (index, extra) in extras.enumerated() {
            if index > 0 || !model.fields.isEmpty { writer.raw(",") }
            writer.raw("\"")
            writer.raw(extra.name)
            writer.raw("\":")
            writer.raw(extra.value)
        }
        guard writer.bytes.count <= Self.maximumByteCount else {
            throw FieldError("The record would have more than \(Self.maximumByteCount) bytes.")
        }
        return FieldValues(canonical: writer.bytes)
    }

    /// The values, in stored form, by the names of their members in stored form; a field of the model that the record
    /// does not have yet with its default.
    package func storedMembers(in model: Model) -> [[UInt8]: [UInt8]] {
        var members: [[UInt8]: [UInt8]] = [:]
        for field in model.fields { members[Array(field.name.utf8)] = field.defaultValue }
        _ = JSONMembers.scan(bytes) { members[Array(bytes[$0])] = Array(bytes[$1]) }
        return members
    }

    /// Appends the members as clients of today's model see them: a field that was declared after the record was
    /// written has its default, and one that is declared no longer is left out.
    public func write(as model: Model, to writer: inout JSONWriter) {
        // Nearly every record was written under today's model: then its bytes are what is sent.
        if isShaped(as: model) {
            writer.raw(bytes)
            return
        }
        var slots = [Range<Int>?](repeating: nil, count: model.fields.count)
        var extras: [Range<Int>] = []
        scan(in: model, declared: { slots[$0] = $1 }, extra: { extras.append($0.lowerBound - 1..<$1.upperBound) })
        for (index, field) in model.fields.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.key(field.name)
            if let range = slots[index] {
                writer.raw(bytes[range])
            } else {
                writer.raw(field.defaultValue ?? Array("null".utf8))
            }
        }
        guard model.unknownFields == .keep else { return }
        for (index, extra) in extras.enumerated() {
            if index > 0 || !model.fields.isEmpty { writer.raw(",") }
            writer.raw(bytes[extra])
        }
    }

    /// Whether the members are those of the model, in order, and nothing is to be added or left out.
    private func isShaped(as model: Model) -> Bool {
        var index = 0
        var matches = true
        let isIntact = bytes.withUnsafeBytes { bytes in
            JSONMembers.scan(bytes) { key, _ in
                if index < model.fields.count {
                    let name = UnsafeRawBufferPointer(rebasing: bytes[key])
                    matches = matches && model.fields[index].name.hasUTF8(name)
                } else {
                    matches = matches && model.unknownFields == .keep
                }
                index += 1
            }
        }
        return isIntact && matches && index >= model.fields.count
    }

    /// Calls `declared` with a field's index and its value's place, or `extra` with the places of name and value.
    private func scan(
        in model: Model, declared: (Int, Range<Int>) -> Void, extra: (Range<Int>, Range<Int>) -> Void
    ) {
        var expected = 0
        _ = JSONMembers.scan(bytes) { key, value in
            let name = bytes[key]
            if expected < model.fields.count, name.elementsEqual(model.fields[expected].name.utf8) {
                declared(expected, value)
                expected += 1
            } else if let index = model.fields.firstIndex(where: { name.elementsEqual($0.name.utf8) }) {
                declared(index, value)
                expected = index + 1
            } else {
                extra(key, value)
            }
        }
    }

    /// A field's value in stored form: its default where the record was written before the field was declared.
    package func storedValue(of field: Field) -> [UInt8] {
        var value = field.defaultValue ?? Array("null".utf8)
        _ = JSONMembers.scan(bytes) { if bytes[$0].elementsEqual(field.name.utf8) { value = Array(bytes[$1]) } }
        return value
    }

    /// The value of one field, parsed; nil where there is none.
    public subscript(field: String) -> JSONValue? {
        var result: JSONValue?
        _ = JSONMembers.scan(bytes) { key, value in
            if bytes[key].elementsEqual(field.utf8) { result = try? JSONValue.parse(Array(bytes[value])) }
        }
        return result
    }
}
