import NIOCore
import PulseBench
import Testing

@Suite struct PhoneTests {
    private let id = RecordID(high: 0x6f1c_2a01_0b1d_4e55, low: 0x9a77_3c5d_2e8f_4a01)

    private func read(_ text: String) -> ServerMessage {
        Array(text.utf8).withUnsafeBytes { ServerMessage($0) }
    }

    @Test func `a push and a delta are read whatever the order of their keys`() {
        let push = #"""
            {"type":"SYNC_UPDATE","data":{"model":"task","sync_id":"6f1c2a01-0b1d-4e55-9a77-3c5d2e8f4a01","version":12,
            "data":{"id":1,"version":12,"is_deleted":false,"user_id":7,"title":"w3","description":"w3 and \"more\"","x":{"y":[1]}}}}
            """#
        #expect(read(push) == .update(RecordUpdate(id: id, version: 12, userID: 7, title: 3, description: 3)))
        let delta = #"""
            {"data": {"data": {"sync_id": "6F1C2A01-0B1D-4E55-9A77-3C5D2E8F4A01", "is_deleted": 1, "version": 12,
            "title": "Call Ann", "user_id": "7"}, "version": 12, "sync_id": "6f1c2a010b1d4e559a773c5d2e8f4a01"},
            "type": "SYNC_UPDATE"}
            """#
        #expect(
            read(delta)
                == .update(
                    RecordUpdate(
                        id: id, version: 12, isDeleted: true, userID: 7, title: nil, description: nil, isDelta: true)))
    }

    @Test func `answers and errors are read`() {
        let text = id.description
        #expect(
            read(#"{"type":"SYNC_ACK_INDIVIDUAL","table":"task","status":"SUCCESS","sync_id":"\#(text)"}"#)
                == .answer(UploadAnswer(synced: [id])))
        #expect(
            read(#"{"type":"SYNC_ACK_INDIVIDUAL","table":"task","status":"CONFLICT","sync_id":"\#(text)"}"#)
                == .answer(UploadAnswer(conflicts: [id])))
        #expect(
            read(#"{"type":"BATCH_ACK","table":"task","synced_ids":["\#(text)"],"conflicts":[],"errors":[{"id":"a"}]}"#)
                == .answer(UploadAnswer(synced: [id], errors: 1)))
        #expect(
            read(#"{"type":"SYNC_ERROR","code":502,"message":"slow","retryable":true}"#)
                == .error(code: 502, isRetryable: true))
        #expect(
            read(#"{"type":"SYNC_UPDATE","data":{"type":"HARD_DELETE","model":"task","sync_id":"\#(text)"}}"#)
                == .hardDelete(id))
    }

    @Test(arguments: [
        "", "{", "[]", #"{"type":"SYNC_UPDATE"}"#, #"{"type":"SYNC_UPDATE","data":{"sync_id":"x","version":1}}"#,
        #"{"type":"SYNC_UPDATE","data":{"version":2,"sync_id":"6f1c2a010b1d4e559a773c5d2e8f4a01","#
            + #""data":{"version":1}}}"#,
        #"{"type":"SYNC_UPDATE","data":{"sync_id":"6f1c2a010b1d4e559a773c5d2e8f4a01","data":{"version":1}}}"#,
        #"{"type":"SYNC_ACK_INDIVIDUAL","status":"SUCCESS","sync_id":"\"#, #"{"type":"SYNC_ACK_INDIVIDUAL"}"#,
    ])
    func `what lacks a part is malformed`(text: String) {
        #expect(read(text) == .malformed)
    }

    @Test func `what is of an unknown type is not`() {
        #expect(read(#"{"type":"HELLO"}"#) == .other)
    }

    @Test func `an upload is JSON that names the change twice`() {
        let writer = ChangeWriter(table: "task", userID: "7", clock: "2038-01-19T03:14:08Z")
        var buffer = ByteBuffer()
        writer.writeUpload([Change(number: 5, id: id, base: 3, deletion: .delete)], single: false, into: &buffer)
        #expect(
            String(buffer: buffer)
                == #"{"type":"SYNC_BATCH_UPLOAD","table":"task","payloads":[{"sync_id":"\#(id)","version":3,"title":"w5","#
                + #""description":"w5 third floor, bring the spare key, and call before Friday","completed":false,"#
                + #""is_deleted":true,"user_id":7,"updated_at":"2038-01-19T03:14:08Z"}]}"#)
    }

    @Test func `a phone keeps the newest copy, and a cursor of what counts`() {
        var storage = PhoneStorage()
        storage.store(RecordUpdate(id: id, version: 5, title: 1, description: 1), counts: false)
        #expect(storage.cursor == 0)
        storage.store(RecordUpdate(id: id, version: 4, title: 0, description: 0), counts: true)
        #expect(storage.cursor == 4)
        #expect(storage.copies[id]?.version == 5)
        #expect(storage.copies[id]?.change == 1)
        var other = PhoneStorage()
        other.store(RecordUpdate(id: id, version: 5, title: 1, description: 1), counts: true)
        #expect(other.digest == storage.digest)
    }

    @Test func `a record is not changed again before its echo has come`() {
        var storage = PhoneStorage()
        storage.add(Change(number: 0, id: id, base: 0, deletion: .asItWas))
        storage.store(RecordUpdate(id: id, version: 1, title: 0, description: 0), counts: true)
        #expect(storage.isBusy(id), "it is not answered")
        storage.settle(first: 1, refused: [])
        #expect(!storage.isBusy(id))
        storage.add(Change(number: 1, id: id, base: 1, deletion: .asItWas))
        storage.settle(first: 1, refused: [])
        #expect(storage.isBusy(id), "its echo has not come")
    }

    @Test func `what a phone waits for while it is away does not count`() {
        var presence = Presence()
        #expect(presence.total(at: 5) == 0)
        presence.begin(at: 10)
        presence.begin(at: 15)
        #expect(presence.total(at: 30) == 20)
        presence.end(at: 40)
        presence.begin(at: 100)
        #expect(presence.total(at: 105) == 35)
    }

    @Test func `a fault is over when every worker serves what was sent after it`() {
        var recovery = Recovery(workers: 2, from: 10, countingFrom: 20)
        recovery.acked(at: 0, sentAt: 15, now: 30)
        recovery.acked(at: 1, sentAt: 21, now: 31)
        recovery.pushed(at: 0, from: 1, sentAt: 21, now: 32)
        recovery.pushed(at: 1, from: 1, sentAt: 21, now: 33)
        recovery.pushed(at: 1, from: 0, sentAt: 22, now: 34)
        #expect(recovery.took == nil)
        recovery.acked(at: 0, sentAt: 25, now: 40)
        #expect(recovery.took == 30)
    }
}
