import Foundation
import PulseModel

/// A text as it stands.
struct JSONTarget: FuzzTarget {
    static func seeds(from conversations: [[UInt8]]) -> [[UInt8]] {
        let special = [
            "[1.5e-3,-0,9223372036854775808,-9223372036854775808]", #"{"a":1,"\u0061":2}"#, #""\ud83d\ude00\u0000""#,
            #"["\ud800"]"#, "[1,]", "\u{FEFF}{}", "[[[[[[]]]]]]", "1e999", #"{"é":"e\u0301"}"#, " \t\n\r[ ] ",
        ]
        return special.map { Array($0.utf8) }
            + conversations.flatMap { $0.split(separator: UInt8(ascii: "\n")).map { Array($0.dropFirst()) } }
    }

    private static let narrow = JSONLimits(maximumDepth: 4, maximumScalarBytes: 16, maximumKeys: 3)

    func run(_ input: UnsafeRawBufferPointer) {
        let parsed = Result { () throws(JSONError) in try JSONValue.parse(input) }
        checkNarrow(input, parsed)
        switch parsed {
        case .success(let value):
            guard value.firstFault == nil else { return }
            checkWriting(value)
            if value.isPlain { require(foundationAccepts(input), "Foundation does not take it for JSON.") }
        case .failure(let error):
            require(error.byteOffset <= input.count, "The error is behind the end.")
            _ = error.description
            if !isLeniency(error, in: input) {
                require(!foundationAccepts(input), "Foundation takes it for JSON: \(error)")
            }
        }
    }

    private func checkWriting(_ value: JSONValue) {
        var first = JSONWriter()
        var second = JSONWriter()
        do {
            try first.value(value)
            let again = try JSONValue.parse(first.bytes)
            require(again == value, "What was written is another value.")
            try second.value(again)
        } catch {
            fatalError("What was accepted cannot be written, or not be read again: \(error)")
        }
        require(first.bytes == second.bytes, "It is written in two ways.")
    }

    private func checkNarrow(_ input: UnsafeRawBufferPointer, _ wide: Result<JSONValue, JSONError>) {
        let narrow = Result { () throws(JSONError) in try JSONValue.parse(input, limits: Self.narrow) }
        switch (narrow, wide) {
        case (.success(let value), .success):
            require(value.fits(Self.narrow, depth: 0), "A limit was not kept.")
        case (.success, .failure(let error)):
            fatalError("Under narrow limits it was accepted, under wide ones not: \(error)")
        case (.failure(let error), .success):
            require(error.code == .tooDeep, "Under narrow limits it was refused, as \(error)")
        case (.failure, .failure):
            break
        }
    }

    private func foundationAccepts(_ input: UnsafeRawBufferPointer) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil
    }

    /// Whether Foundation may accept what we do not: a byte order mark, UTF-16, a trailing comma, more levels.
    private func isLeniency(_ error: JSONError, in input: UnsafeRawBufferPointer) -> Bool {
        if error.code == .tooDeep || error.code == .byteOrderMark || input.prefix(4).contains(0) { return true }
        let isEnd = error.byte == UInt8(ascii: "]") || error.byte == UInt8(ascii: "}")
        return isEnd
            && input.prefix(error.byteOffset).last { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ",")
    }
}

extension JSONValue {
    /// Whether nothing in it is beyond a `Double`, which Foundation refuses.
    fileprivate var isPlain: Bool {
        switch self {
        case .number(let number): number.double.isFinite
        case .array(let elements): elements.allSatisfy(\.isPlain)
        case .object(let object): object.members.allSatisfy { $0.value.isPlain }
        default: true
        }
    }

    fileprivate func fits(_ limits: JSONLimits, depth: Int) -> Bool {
        switch self {
        case .null, .bool, .int, .invalidString, .oversized: true
        case .number(let number): number.literal.utf8.count <= limits.maximumScalarBytes
        case .string(let text): text.utf8.count <= limits.maximumScalarBytes
        case .array(let elements):
            depth < limits.maximumDepth && elements.allSatisfy { $0.fits(limits, depth: depth + 1) }
        case .object(let object):
            depth < limits.maximumDepth && object.members.count <= limits.maximumKeys
                && object.members.allSatisfy {
                    $0.key.utf8.count <= limits.maximumScalarBytes && $0.value.fits(limits, depth: depth + 1)
                }
        }
    }
}
