import PulseModel

/// The two forms of a field's value: canonical JSON, in which it is compared and sent, and the BSON type that others
/// who read the database expect.
enum FieldForm {
    /// How much of a value its BSON form holds.
    enum Fidelity {
        /// All: reading gives the same bytes.
        case exact
        /// Not all: it stands there for others to read, and the text must be kept beside it.
        case approximate
        /// BSON, or the database, has no form for it. Nothing was appended.
        case impossible
    }

    /// Levels of arrays and objects that are stored as such. MongoDB takes 100 in a whole document.
    private static let maximumDepth = 60

    /// Appends a value as the type of its kind.
    ///
    /// - Parameters:
    ///   - json: the value in canonical form.
    ///   - kind: nil for a field that no schema declares: then the JSON type decides.
    static func append(
        _ json: ArraySlice<UInt8>, of kind: FieldKind?, as key: BSONKey, to writer: inout BSONWriter
    ) -> Fidelity {
        switch json.first {
        case UInt8(ascii: "n"):
            writer.appendNull(key)
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            writer.append(key, json.first == UInt8(ascii: "t"))
        case UInt8(ascii: "\""):
            return appendText(json, of: kind, as: key, to: &writer)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard let value = try? JSONValue.parse(json) else { return .impossible }
            return appendWhole(value, as: key, to: &writer)
        default:
            let literal = String(decoding: json, as: UTF8.self)
            if let number = Int64(literal), literal != "-0" {
                writer.append(key, number)
            } else {
                return append(number: literal, as: key, to: &writer)
            }
        }
        return .exact
    }

    private static func append(number literal: String, as key: BSONKey, to writer: inout BSONWriter) -> Fidelity {
        guard let number = Double(literal), number.isFinite else { return .impossible }
        writer.append(key, number)
        return number.description == literal ? .exact : .approximate
    }

    private static func appendText(
        _ json: ArraySlice<UInt8>, of kind: FieldKind?, as key: BSONKey, to writer: inout BSONWriter
    ) -> Fidelity {
        let content = json.dropFirst().dropLast()
        switch kind {
        case .decimal:
            let text = String(decoding: content, as: UTF8.self)
            if let decimal = Decimal128(text) {
                writer.append(key, decimal: decimal)
                return decimal.text == text ? .exact : .approximate
            }
        case .dateTime:
            var isExact = true
            if let moment = Moment(content, isExact: &isExact) {
                writer.append(key, milliseconds: moment.milliseconds)
                return isExact ? .exact : .approximate
            }
        case .uuid, .reference(to: _?):
            if let id = SyncID(String(decoding: content, as: UTF8.self)) {
                writer.append(key, id)
                return .exact
            }
        default:
            break
        }
        if content.contains(UInt8(ascii: "\\")) {
            guard case .string(let text)? = try? JSONValue.parse(json) else { return .impossible }
            writer.append(key, text)
        } else {
            writer.append(key, utf8: content)
        }
        return .exact
    }

    /// Appends a value whose parts decide each for itself, or nothing.
    private static func appendWhole(_ value: JSONValue, as key: BSONKey, to writer: inout BSONWriter) -> Fidelity {
        let start = writer.byteCount
        var isExact = true
        do throws(Impossible) {
            try append(value, as: key, to: &writer, depth: 0, isExact: &isExact)
        } catch {
            writer.cut(to: start)
            return .impossible
        }
        return isExact ? .exact : .approximate
    }

    private struct Impossible: Error {}

    private static func append(
        _ value: JSONValue, as key: BSONKey, to writer: inout BSONWriter, depth: Int, isExact: inout Bool
    ) throws(Impossible) {
        switch value {
        case .null: writer.appendNull(key)
        case .bool(let flag): writer.append(key, flag)
        case .int(let number): writer.append(key, number)
        case .string(let text): writer.append(key, text)
        case .invalidString, .oversized: throw Impossible()
        case .number(let number):
            switch append(number: number.literal, as: key, to: &writer) {
            case .exact: break
            case .approximate: isExact = false
            case .impossible: throw Impossible()
            }
        case .array(let elements):
            guard depth < maximumDepth else { throw Impossible() }
            try writer.array(key) { writer throws(Impossible) in
                for (index, element) in elements.enumerated() {
                    try append(element, as: .index(index), to: &writer, depth: depth + 1, isExact: &isExact)
                }
            }
        case .object(let object):
            guard depth < maximumDepth else { throw Impossible() }
            try writer.document(key) { writer throws(Impossible) in
                for member in object.members {
                    let name = Array(member.key.utf8)
                    // The database takes some of these, in some places, in some versions. Text is safe in all.
                    guard let first = name.first, first != UInt8(ascii: "$"), !name.contains(0),
                        !name.contains(UInt8(ascii: "."))
                    else { throw Impossible() }
                    try append(member.value, as: .utf8(name[...]), to: &writer, depth: depth + 1, isExact: &isExact)
                }
            }
        }
    }
}
