import PulseModel

/// Writes one BSON document.
///
/// Written here rather than through libbson because every record passes it, and `bson_t`, whose alignment Swift cannot
/// express, would cost an allocation for each nested document.
struct BSONWriter {
    /// The document, complete when ``finish()`` has been called.
    private(set) var bytes: [UInt8]

    /// Begins a document.
    init(reserving byteCount: Int = 128) {
        bytes = []
        bytes.reserveCapacity(byteCount)
        beginLength()
    }

    /// Ends the document.
    ///
    /// - Returns: its bytes.
    consuming func finish() -> [UInt8] {
        endLength(at: 0)
        return bytes
    }

    /// A document of what `body` appends.
    static func document(_ body: (inout BSONWriter) -> Void) -> [UInt8] {
        var writer = BSONWriter()
        body(&writer)
        return writer.finish()
    }

    mutating func append(_ key: BSONKey, _ value: Int64) {
        begin(.int64, key)
        append(littleEndian: value)
    }

    mutating func append(_ key: BSONKey, _ value: Int32) {
        begin(.int32, key)
        append(littleEndian: value)
    }

    mutating func append(_ key: BSONKey, _ value: Double) {
        begin(.double, key)
        append(littleEndian: value.bitPattern)
    }

    mutating func append(_ key: BSONKey, _ value: Bool) {
        begin(.bool, key)
        bytes.append(value ? 1 : 0)
    }

    mutating func append(_ key: BSONKey, _ value: String) {
        var value = value
        value.withUTF8 { append(key, utf8: $0) }
    }

    /// Appends a string. It may hold NUL: BSON counts the bytes of values.
    mutating func append(_ key: BSONKey, utf8 value: some Collection<UInt8>) {
        begin(.string, key)
        append(littleEndian: Int32(value.count + 1))
        bytes.append(contentsOf: value)
        bytes.append(0)
    }

    mutating func append(_ key: BSONKey, _ value: SyncID) {
        begin(.binary, key)
        append(littleEndian: Int32(16))
        bytes.append(BSONType.uuidSubtype)
        append(littleEndian: value.high.bigEndian)
        append(littleEndian: value.low.bigEndian)
    }

    /// Appends a document that is complete.
    mutating func append(_ key: BSONKey, document: [UInt8]) {
        begin(.document, key)
        bytes += document
    }

    /// Appends what was read, as it is.
    mutating func append(_ key: BSONKey, _ element: BSONElement) {
        guard let type = element.type else { return }
        begin(type, key)
        bytes += element.value
    }

    mutating func append(_ key: BSONKey, milliseconds: Int64) {
        begin(.date, key)
        append(littleEndian: milliseconds)
    }

    mutating func append(_ key: BSONKey, decimal: Decimal128) {
        begin(.decimal128, key)
        append(littleEndian: decimal.low)
        append(littleEndian: decimal.high)
    }

    mutating func appendNull(_ key: BSONKey) {
        begin(.null, key)
    }

    /// Appends a nested document of what `body` appends.
    mutating func document<Failure: Error>(
        _ key: BSONKey, _ body: (inout BSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try nested(.document, key, body)
    }

    /// Appends an array; the keys of what `body` appends are the indices, from 0.
    mutating func array<Failure: Error>(
        _ key: BSONKey, _ body: (inout BSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try nested(.array, key, body)
    }

    /// How much has been written, to ``cut(to:)`` back to.
    var byteCount: Int { bytes.count }

    /// Forgets what was appended since there were so many bytes.
    mutating func cut(to byteCount: Int) {
        bytes.removeLast(bytes.count - byteCount)
    }

    private mutating func nested<Failure: Error>(
        _ type: BSONType, _ key: BSONKey, _ body: (inout BSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(type, key)
        let start = bytes.count
        beginLength()
        try body(&self)
        endLength(at: start)
    }

    private mutating func begin(_ type: BSONType, _ key: BSONKey) {
        bytes.append(type.rawValue)
        switch key {
        case .name(let name):
            bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        case .utf8(let name): bytes.append(contentsOf: name)
        case .index(let index): bytes.append(contentsOf: String(index).utf8)
        }
        bytes.append(0)
    }

    private mutating func beginLength() {
        append(littleEndian: Int32(0))
    }

    private mutating func endLength(at start: Int) {
        bytes.append(0)
        let count = UInt32(bytes.count - start)
        for offset in 0..<4 { bytes[start + offset] = UInt8(truncatingIfNeeded: count >> UInt32(8 * offset)) }
    }

    private mutating func append(littleEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// The key of an element: never a client's text unless it was checked to have no NUL in it.
enum BSONKey: ExpressibleByStringLiteral {
    case name(StaticString)
    case utf8(ArraySlice<UInt8>)
    case index(Int)

    init(stringLiteral value: StaticString) {
        self = .name(value)
    }

    /// The name of a model or of a field that a schema declares, which are identifiers.
    static func identifier(_ name: String) -> BSONKey { .utf8(Array(name.utf8)[...]) }
}

/// The types of BSON that records are made of.
enum BSONType: UInt8 {
    case double = 0x01
    case string = 0x02
    case document = 0x03
    case array = 0x04
    case binary = 0x05
    case objectID = 0x07
    case bool = 0x08
    case date = 0x09
    case null = 0x0a
    case int32 = 0x10
    case timestamp = 0x11
    case int64 = 0x12
    case decimal128 = 0x13

    /// Marks a binary as a UUID.
    static let uuidSubtype: UInt8 = 4
}
