import NIOCore

/// Writes uploads of new records into a buffer, as JSON text.
package struct RecordWriter {
    /// About how many bytes one record takes.
    package static let expectedRecordBytes = 256

    package let table: String
    /// What `user_id` is to be, where the server wants one.
    package let userID: String?
    private var ids = SyncIDs()
    private var serial = 0

    package init(table: String, userID: String?) {
        self.table = table
        self.userID = userID
    }

    /// One SYNC_BATCH_UPLOAD of `count` records. Returns the first one's id.
    package mutating func writeBatch(of count: Int, into buffer: inout ByteBuffer, title: String? = nil) -> [UInt8] {
        var first: [UInt8] = []
        buffer.writeStaticString(#"{"type":"SYNC_BATCH_UPLOAD","table":""#)
        buffer.writeString(table)
        buffer.writeStaticString(#"","payloads":["#)
        for index in 0..<count {
            if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            let id = writeRecord(into: &buffer, title: title)
            if index == 0 { first = id }
        }
        buffer.writeStaticString("]}")
        return first
    }

    /// One SYNC_UPLOAD. Returns the record's id.
    package mutating func writeSingle(into buffer: inout ByteBuffer, title: String? = nil) -> [UInt8] {
        buffer.writeStaticString(#"{"type":"SYNC_UPLOAD","table":""#)
        buffer.writeString(table)
        buffer.writeStaticString(#"","payload":"#)
        let id = writeRecord(into: &buffer, title: title)
        buffer.writeInteger(UInt8(ascii: "}"))
        return id
    }

    private mutating func writeRecord(into buffer: inout ByteBuffer, title: String?) -> [UInt8] {
        let id = SyncIDs.text(of: ids.next())
        serial += 1
        buffer.writeStaticString(#"{"sync_id":""#)
        buffer.writeBytes(id)
        buffer.writeStaticString(#"","version":0,"title":""#)
        if let title {
            buffer.writeString(title)
        } else {
            buffer.writeStaticString("Call the plumber about room ")
            buffer.writeBytes(id.prefix(12))
        }
        buffer.writeStaticString(#"","description":"Second floor, before Friday; bring the spare key to "#)
        buffer.writeBytes(id.suffix(12))
        if serial & 1 == 0 {
            buffer.writeStaticString(#"","completed":false"#)
        } else {
            buffer.writeStaticString(#"","completed":true"#)
        }
        if let userID {
            buffer.writeStaticString(#","user_id":"#)
            buffer.writeString(userID)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
        return id
    }
}

extension Link {
    /// Asks for everything `table` holds for this user.
    package func requestDelta(of table: String) {
        write(expectedBytes: 100) {
            $0.writeString(#"{"type":"SYNC_REQUEST_DELTA","table":"\#(table)","last_version":0}"#)
        }
        flush()
    }
}
