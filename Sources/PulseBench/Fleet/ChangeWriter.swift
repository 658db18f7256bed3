import NIOCore

/// Writes what phones send.
package struct ChangeWriter: Sendable {
    package let table: String
    /// `user_id`, where the server does not take it from the connection.
    package let userID: String?
    /// The phone's clock, where it writes it into what it changes.
    package let clock: String?

    package init(table: String, userID: String?, clock: String?) {
        self.table = table
        self.userID = userID
        self.clock = clock
    }

    package func writeUpload(_ changes: ArraySlice<Change>, single: Bool, into buffer: inout ByteBuffer) {
        buffer.writeString(#"{"type":"\#(single ? "SYNC_UPLOAD" : "SYNC_BATCH_UPLOAD")","table":"\#(table)","#)
        if single, let change = changes.first {
            buffer.writeStaticString(#""payload":"#)
            write(change, into: &buffer)
        } else {
            buffer.writeStaticString(#""payloads":["#)
            for (index, change) in changes.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                write(change, into: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }

    private func write(_ change: Change, into buffer: inout ByteBuffer) {
        let number = String(change.number)
        buffer.writeStaticString(#"{"sync_id":""#)
        buffer.writeBytes(change.id.text)
        buffer.writeString(#"","version":\#(change.base),"title":"w\#(number)","description":"w\#(number) "#)
        buffer.writeStaticString(#"third floor, bring the spare key, and call before Friday","completed":"#)
        buffer.writeString(change.number & 1 == 0 ? "true" : "false")
        switch change.deletion {
        case .asItWas: break
        case .delete: buffer.writeStaticString(#","is_deleted":true"#)
        case .restore: buffer.writeStaticString(#","is_deleted":false"#)
        }
        if let userID { buffer.writeString(#","user_id":\#(userID)"#) }
        if let clock { buffer.writeString(#","updated_at":"\#(clock)""#) }
        buffer.writeInteger(UInt8(ascii: "}"))
    }
}
