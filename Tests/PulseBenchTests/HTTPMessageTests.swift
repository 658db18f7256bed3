import NIOCore
import PulseBench
import Testing

@Suite struct HTTPMessageTests {
    private func bytes<Value>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        ByteBuffer(string: text).withUnsafeReadableBytes(body)
    }

    @Test func `the results of a push are counted, however they are spaced`() {
        let ack = bytes(
            #"{"results":[{"status":"accepted"},{"status": "conflict_resolved"},{"status":"rejected","error":"no"}]}"#
        ) { Ack(pushed: $0) }
        #expect(ack.synced == 2 && ack.errors == 1)
        #expect(bytes("") { Ack(pushed: $0) }.items == 0)
    }

    @Test func `a page of a pull has rows and a last version`() {
        let page = bytes(#"{"changes":[{"operation":"upsert"},{"operation":"delete"}],"last_seq":"v2"}"#) {
            PullPage($0)
        }
        #expect(page?.rows == 2 && page?.last == "v2")
        #expect(bytes(#"{"changes":[],"last_seq":"v2"}"#) { PullPage($0) }?.rows == 0)
    }

    @Test(arguments: [
        "", #"{"full_resync_required":true,"collections":["task"]}"#, #"{"last_seq":null}"#, #"{"last_seq":"v"#,
    ])
    func `what is no page is none`(text: String) {
        #expect(bytes(text) { PullPage($0) } == nil)
    }

    @Test func `a push is one object with as many changes as asked for`() {
        var writer = RecordWriter(table: "task", userID: nil)
        var buffer = ByteBuffer()
        writer.writePush(of: 2, client: "a\"b", into: &buffer)
        let text = String(buffer: buffer)
        #expect(text.hasPrefix(#"{"client_id":"a\"b","changes":[{"collection":"task","operation":"upsert","doc_id":""#))
        #expect(
            text.hasSuffix(#""completed":true},"parent_version":null}]}"#)
                || text.hasSuffix(#""completed":false},"parent_version":null}]}"#))
        #expect(text.split(separator: #""doc_id""#).count == 3)
    }
}
