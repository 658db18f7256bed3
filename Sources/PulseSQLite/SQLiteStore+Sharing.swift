import GRDBSQLite

extension SQLiteStore {
    /// The SQLite in use, as "3.51.3".
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Whether several processes may write to one file with the SQLite in use, as far as its version tells.
    ///
    /// Older ones can damage the file, though rarely: a checkpoint that begins just as another connection starts the WAL
    /// anew may take what is new for copied (sqlite.org/wal.html#walresetbug). One process alone is safe: a single connection
    /// writes and makes checkpoints.
    public static var mayShareFiles: Bool { mayShareFiles(with: sqlite3_libversion_number()) }

    /// - Parameter version: as `sqlite3_libversion_number` counts.
    package static func mayShareFiles(with version: Int32) -> Bool {
        version >= 3_051_003 || (3_050_007..<3_051_000).contains(version) || (3_044_006..<3_045_000).contains(version)
    }
}
