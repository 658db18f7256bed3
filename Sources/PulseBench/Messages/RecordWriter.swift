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

    /// One SYNC_UPDATE, as a server would send it to others: for a server that makes none of its own.
    package mutating func writeUpdate(version: Int64, into buffer: inout ByteBuffer, title: String?) {
        buffer.writeString(Self.updateOpening(version: version))
        _ = writeRecord(into: &buffer, title: title)
        buffer.writeStaticString("}}")
    }

    /// What stands before the record in a SYNC_UPDATE, and about as much as a pulse server adds to it.
    package static func updateOpening(version: Int64) -> String {
        #"{"type":"SYNC_UPDATE","data":{"model":"task","version":\#(version),"is_deleted":false,"#
            + #""created_at":"2026-01-01T00:00:00.000000Z","data":"#
    }

    /// The body of one push of `count` new documents over HTTP.
    package mutating func writePush(of count: Int, client: String, into buffer: inout ByteBuffer) {
        buffer.writeString(#"{"client_id":\#(JSONText.quoted(client)),"changes":["#)
        for index in 0..<count {
            if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            let id = ids.next().text
            serial += 1
            buffer.writeStaticString(#"{"collection":""#)
            buffer.writeString(table)
            buffer.writeStaticString(#"","operation":"upsert","doc_id":""#)
            buffer.writeBytes(id)
            buffer.writeStaticString(#"","data":{"title":""#)
            writeFields(of: id, title: nil, into: &buffer)
            buffer.writeStaticString(#"},"parent_version":null}"#)
        }
        buffer.writeStaticString("]}")
    }

    private mutating func writeRecord(into buffer: inout ByteBuffer, title: String?) -> [UInt8] {
        let id = ids.next().text
        serial += 1
        buffer.writeStaticString(#"{"sync_id":""#)
        buffer.writeBytes(id)
        buffer.writeStaticString(#"","version":0,"title":""#)
        writeFields(of: id, title: title, into: &buffer)
        if let userID {
            buffer.writeStaticString(#","user_id":"#)
            buffer.writeString(userID)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
        return id
    }

    /// What a record says, from inside its title on.
    private func writeFields(of id: [UInt8], title: String?, into buffer: inout ByteBuffer) {
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
    }
}

extension Link {
    /// Asks for what `table` holds for this user above a version: from 0, for everything.
    package func requestDelta(of table: String, after version: Int64 = 0) {
        writeDeltaRequest(of: table, after: version)
        flush()
    }

    /// The same, without flushing it.
    func writeDeltaRequest(of table: String, after version: Int64) {
        write(expectedBytes: 100) {
            $0.writeString(#"{"type":"SYNC_REQUEST_DELTA","table":"\#(table)","last_version":\#(version)}"#)
        }
    }
}
