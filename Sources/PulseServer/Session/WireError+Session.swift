import PulseEngine
import PulseModel
import PulseWire

/// What a session refuses, beyond messages that cannot be read.
extension WireError {
    static func unknownTable(_ table: String) -> WireError {
        WireError(.unknownTable, "There is no table of this name.", table: table)
    }

    static func cursorAhead(_ request: RequestDelta, head: Version) -> WireError {
        WireError(
            .cursorAhead,
            "last_version \(request.lastVersion) lies beyond the newest version, \(head): sync this table from 0.",
            table: request.table)
    }

    init(_ error: WriteError, table: String) {
        switch error {
        case .busy:
            self.init(.busy, "Too much is waiting to be written. Send it again.", table: table)
        case .storeFull:
            self.init(.storeFull, "The store is full. Only deletes may be taken just now.", table: table)
        case .closed:
            self.init(.busy, "The server restarts. Connect again and send it again.", table: table)
        case .readOnly:
            self.init(.readOnlyTable, "You may read this table, and not write it.", table: table)
        case .tooLarge:
            self.init(.tooLarge, "The records of this batch are too large together. Send fewer.", table: table)
        case .unavailable:
            self = .unavailable(table)
        }
    }

    static func unavailable(_ table: String) -> WireError {
        WireError(.storeUnavailable, "The store does not answer just now. Send it again.", table: table)
    }
}
