import PulseModel

/// Reads the elements of one BSON document, in order, and never beyond its bytes.
struct BSONReader {
    private var rest: UnsafeRawBufferPointer

    /// - Parameter bytes: the whole document. They must outlive the reader and all elements that it returns.
    init(_ bytes: UnsafeRawBufferPointer) throws(BSONError) {
        guard bytes.count >= 5, Int(bytes.loadUnaligned(as: Int32.self).littleEndian) == bytes.count,
            bytes[bytes.count - 1] == 0
        else { throw BSONError() }
        rest = UnsafeRawBufferPointer(rebasing: bytes[4..<bytes.count - 1])
    }

    /// The next element; nil behind the last one.
    mutating func next() throws(BSONError) -> BSONElement? {
        guard let type = rest.first else { return nil }
        guard let keyEnd = rest.dropFirst().firstIndex(of: 0) else { throw BSONError() }
        let key = UnsafeRawBufferPointer(rebasing: rest[1..<keyEnd])
        let behind = UnsafeRawBufferPointer(rebasing: rest[(keyEnd + 1)...])
        let count = try Self.byteCount(of: type, in: behind)
        guard count >= 0, count <= behind.count else { throw BSONError() }
        rest = UnsafeRawBufferPointer(rebasing: behind[count...])
        return BSONElement(
            type: BSONType(rawValue: type), key: key, value: UnsafeRawBufferPointer(rebasing: behind[..<count]))
    }

    private static func byteCount(of type: UInt8, in bytes: UnsafeRawBufferPointer) throws(BSONError) -> Int {
        func length() throws(BSONError) -> Int {
            guard bytes.count >= 4 else { throw BSONError() }
            return Int(bytes.loadUnaligned(as: Int32.self).littleEndian)
        }
        switch type {
        case 0x01, 0x09, 0x11, 0x12: return 8
        case 0x02, 0x0d, 0x0e: return 4 + (try length())
        case 0x03, 0x04, 0x0f: return try length()
        case 0x05: return 5 + (try length())
        case 0x06, 0x0a, 0x7f, 0xff: return 0
        case 0x07: return 12
        case 0x08: return 1
        case 0x10: return 4
        case 0x13: return 16
        // Regular expressions and database pointers: nothing here writes them, and what follows cannot be found.
        default: throw BSONError()
        }
    }
}

/// One element of a document.
struct BSONElement {
    /// Nil for a type that records are not made of.
    let type: BSONType?
    let key: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer

    func has(_ name: StaticString) -> Bool {
        key.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The number, whichever integer type it has, or that of a date or double which is one.
    var int: Int64? {
        switch type {
        case .int64, .date: value.loadUnaligned(as: Int64.self).littleEndian
        case .int32: Int64(value.loadUnaligned(as: Int32.self).littleEndian)
        case .double: double.flatMap { Int64(exactly: $0) }
        default: nil
        }
    }

    var double: Double? {
        type == .double ? Double(bitPattern: value.loadUnaligned(as: UInt64.self).littleEndian) : nil
    }

    var bool: Bool? {
        type == .bool ? value[0] != 0 : nil
    }

    var string: String? {
        utf8.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a string.
    var utf8: UnsafeRawBufferPointer? {
        guard type == .string, value.count >= 5 else { return nil }
        return UnsafeRawBufferPointer(rebasing: value[4..<value.count - 1])
    }

    var uuid: SyncID? {
        guard type == .binary, value.count == 21, value[4] == BSONType.uuidSubtype else { return nil }
        return SyncID(
            high: value.loadUnaligned(fromByteOffset: 5, as: UInt64.self).bigEndian,
            low: value.loadUnaligned(fromByteOffset: 13, as: UInt64.self).bigEndian)
    }

    /// The 24 hexadecimal digits of an ObjectId.
    var objectID: String? {
        guard type == .objectID else { return nil }
        return value.reduce(into: "") { $0 += String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
    }

    var decimal: Decimal128? {
        guard type == .decimal128 else { return nil }
        return Decimal128(
            high: value.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian,
            low: value.loadUnaligned(as: UInt64.self).littleEndian)
    }

    /// A nested document, as it is.
    var documentBytes: [UInt8]? { type == .document ? Array(value) : nil }

    /// The elements of a nested document or array.
    func elements() throws(BSONError) -> BSONReader {
        guard type == .document || type == .array else { throw BSONError() }
        return try BSONReader(value)
    }
}

/// A document is not what it should be.
package struct BSONError: Error {
    /// What is wrong, where it is known.
    package let message: String

    init(_ message: String = "it is not BSON") {
        self.message = message
    }
}
