import Foundation
import GRDB
import PulseEngine

extension SQLiteStore: MeasuredStore {
    /// What the file holds, without the WAL, which is written over and over and stays near 64 MiB.
    public func size() async throws(StoreError) -> StoreSize {
        let path = path
        return try await perform(on: nextReader) { database in
            let usedBytes = try Int.fetchOne(
                database,
                sql: """
                    SELECT (page_count - freelist_count) * page_size
                    FROM pragma_page_count, pragma_freelist_count, pragma_page_size
                    """)
            return StoreSize(usedBytes: usedBytes ?? 0, freeBytes: Self.freeBytes(at: path))
        }
    }

    /// What a process that is not privileged may still write there.
    private static func freeBytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}
