import NIOCore
import PulseBench
import Testing

@Suite struct MessageTests {
    private func read<Value>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        Array(text.utf8).withUnsafeBytes(body)
    }

    @Test(arguments: [
        (#"{"type":"SYNC_UPDATE","data":{}}"#, MessageKind.update),
        (#"{"type": "SYNC_UPDATE", "data": {}}"#, .update),
        (#"{"type":"BATCH_ACK","table":"task"}"#, .batchAck),
        (#"{"type": "SYNC_ACK_INDIVIDUAL"}"#, .singleAck),
        (#"{"type":"SYNC_ERROR","code":"x"}"#, .error),
        (#"{"code":"x","type":"SYNC_ERROR"}"#, .error),
        (#"{"type":"SYNC_UPDATES"}"#, .other),
        (#"{"type":7}"#, .other),
        (#"{"type""#, .other),
        ("", .other),
    ])
    func `a message is told by its type`(text: String, kind: MessageKind) {
        #expect(read(text) { MessageKind(of: $0) } == kind)
    }

    @Test func `a batch ack is counted, whatever its ids and messages hold`() {
        let text = #"""
            {"type": "BATCH_ACK", "table": "synced_ids", "synced_ids": ["a", "b\"]", "c\\"],
             "conflicts": ["c"], "errors": [{"id": "d", "msg": "[\"no\"] {"}, {"id": "e", "msg": ["x", {}]}]}
            """#
        let ack = read(text) { Ack(batch: $0) }
        #expect(ack?.synced == 3)
        #expect(ack?.conflicts == 1)
        #expect(ack?.errors == 2)
        #expect(ack?.firstSynced == Array("a".utf8))
    }

    @Test(arguments: [#"{"type":"BATCH_ACK"}"#, #"{"synced_ids":["a"#, #"{"synced_ids":["a\"#, "", "]]]"])
    func `a batch ack that is none is refused`(text: String) {
        #expect(read(text) { Ack(batch: $0) } == nil)
    }

    @Test func `an individual ack is told by its status`() {
        let good = read(#"{"type": "SYNC_ACK_INDIVIDUAL", "status": "SUCCESS", "sync_id": "ab"}"#) { Ack(single: $0) }
        #expect(good?.synced == 1)
        #expect(read(#"{"status":"CONFLICT"}"#) { Ack(single: $0) }?.conflicts == 1)
        #expect(read(#"{"status":"ERROR"}"#) { Ack(single: $0) }?.errors == 1)
        #expect(read(#"{"status":"MAYBE"}"#) { Ack(single: $0) } == nil)
    }

    @Test func `a version is found wherever it stands`() {
        var finder = VersionFinder()
        for (text, version) in [
            (#"{"data":{"sync_id":"x","version":7,"data":{"version":7}}}"#, Int64(7)),
            (#"{"data":{"sync_id":"x","version":8,"data":{"version":8}}}"#, 8),
            (#"{"data": {"sync_id": "x", "version": 1234567890123, "data": {}}}"#, 1_234_567_890_123),
        ] {
            #expect(read(text) { finder.version(in: $0) } == version)
        }
        #expect(read(#"{"data":{"type":"HARD_DELETE"}}"#) { finder.version(in: $0) } == nil)
        #expect(read(#"{"version":"7"}"#) { finder.version(in: $0) } == nil)
    }

    @Test func `a marker gives back the time it was made for`() {
        let title = FanoutMarker(run: 0xAB).title(intended: 123_456_789_012)
        var finder = FanoutMarker(run: 0xAB).finder
        var other = FanoutMarker(run: 0xAC).finder
        #expect(
            read(title) { text in finder.find(in: text).flatMap { JSONScan.digits(in: text, at: $0) } }
                == 123_456_789_012)
        #expect(read(title) { other.find(in: $0) } == nil)
    }

    @Test func `new ids are UUIDs of version 4`() {
        var ids = SyncIDs(seed: 1)
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            let text = ids.next().text
            #expect(text.count == RecordID.textLength)
            #expect(text[14] == UInt8(ascii: "4"))
            #expect("89ab".utf8.contains(text[19]))
            seen.insert(text)
        }
        #expect(seen.count == 1000)
    }

    @Test func `an upload reads as the protocol wants it`() {
        var writer = RecordWriter(table: "task", userID: "5")
        var buffer = ByteBuffer()
        let id = String(decoding: writer.writeSingle(into: &buffer, title: "T"), as: UTF8.self)
        let tail = id.suffix(12)
        #expect(
            String(buffer: buffer)
                == #"{"type":"SYNC_UPLOAD","table":"task","payload":{"sync_id":"\#(id)","version":0,"title":"T","#
                + #""description":"Second floor, before Friday; bring the spare key to \#(tail)","#
                + #""completed":true,"user_id":5}}"#)
    }
}
