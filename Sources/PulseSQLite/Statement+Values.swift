import GRDB
import GRDBSQLite
import PulseModel

/// Values into and out of a prepared statement, without the boxes that GRDB's own rows and arguments cost: this is
/// where every record passes, both ways.
extension Statement {
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ number: Int64, at index: Int32) {
        sqlite3_bind_int64(sqliteStatement, index, number)
    }

    /// GRDB binds a text up to its first NUL; this binds all of it.
    func bind(_ text: String, at index: Int32) {
        var text = text
        text.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_bind_text(
                    sqliteStatement, index, characters.baseAddress, Int32(characters.count), Self.transient)
            }
        }
    }

    func bind(_ bytes: [UInt8], at index: Int32) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(sqliteStatement, index, 0)
        } else {
            sqlite3_bind_blob(sqliteStatement, index, bytes, Int32(bytes.count), Self.transient)
        }
    }

    func bind(_ id: SyncID, at index: Int32) {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
            _ = sqlite3_bind_blob(sqliteStatement, index, bytes.baseAddress, 16, Self.transient)
        }
    }

    func bindNull(at index: Int32) {
        sqlite3_bind_null(sqliteStatement, index)
    }

    /// Moves to the next row.
    ///
    /// - Returns: false behind the last one.
    func step(in database: Database) throws -> Bool {
        switch sqlite3_step(sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let code = ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection))
            throw DatabaseError(
                resultCode: code, message: String(cString: sqlite3_errmsg(database.sqliteConnection)), sql: sql)
        }
    }

    /// Makes the statement ready to be bound and stepped again.
    func rewind() {
        sqlite3_reset(sqliteStatement)
    }

    func isNull(at column: Int32) -> Bool {
        sqlite3_column_type(sqliteStatement, column) == SQLITE_NULL
    }

    func int(at column: Int32) -> Int64 {
        sqlite3_column_int64(sqliteStatement, column)
    }

    func text(at column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(sqliteStatement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(sqliteStatement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func bytes(at column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(sqliteStatement, column) else { return [] }
        let count = Int(sqlite3_column_bytes(sqliteStatement, column))
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func syncID(at column: Int32) -> SyncID? {
        halves(at: column).map { SyncID(high: $0.high, low: $0.low) }
    }

    /// A blob of 16 bytes as two numbers.
    func halves(at column: Int32) -> (high: UInt64, low: UInt64)? {
        guard sqlite3_column_bytes(sqliteStatement, column) == 16,
            let bytes = sqlite3_column_blob(sqliteStatement, column)
        else { return nil }
        return (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}
