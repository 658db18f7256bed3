import GRDB
import PulseEngine

extension StoreError {
    /// What a failed read or commit means for its caller.
    init(_ error: any Error) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.unavailable, "\(error)")
            return
        }
        let message = "SQLite: \(error.message ?? "no message") (\(error.extendedResultCode))"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.unusable, message)
        case .SQLITE_IOERR where error.sql == Database.commitStatement:
            // The disk may have taken it before it failed.
            self.init(.outcomeUnknown, message)
        default:
            self.init(.unavailable, message)
        }
    }

    /// Why a file could not be opened, in a sentence for whoever started the server.
    init(opening path: String, _ error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(.unusable, "\(path) cannot be opened: \(error)")
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.unavailable, "\(path) is locked by another process")
        case .SQLITE_NOTADB:
            self.init(.unusable, "\(path) is not a SQLite database")
        case .SQLITE_CANTOPEN:
            self.init(.unusable, "\(path) cannot be opened: does its directory exist, and may this user write there?")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(.unusable, "\(path) cannot be written by this user")
        default:
            self.init(.unusable, "\(path) cannot be opened: \(error.message ?? "") (\(error.extendedResultCode))")
        }
    }
}
