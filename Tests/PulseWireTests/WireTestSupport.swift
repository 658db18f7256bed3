import PulseModel
import PulseWire
import Testing

/// Reads a message given as text.
func decode(_ text: String, limits: WireLimits = WireLimits()) throws -> ClientMessage {
    try decode(Array(text.utf8), limits: limits)
}

func decode(_ bytes: [UInt8], limits: WireLimits = WireLimits()) throws -> ClientMessage {
    try bytes.withUnsafeBytes { try ClientMessage.decode($0, limits: limits) }
}

/// Why a message is refused.
func refusal(
    of text: String, limits: WireLimits = WireLimits(), sourceLocation: SourceLocation = #_sourceLocation
) throws -> WireError {
    try #require(throws: WireError.self, sourceLocation: sourceLocation) { try decode(text, limits: limits) }
}

/// The item of a `SYNC_UPLOAD` with this payload.
func item(_ payload: String) throws -> UploadItem {
    guard case .upload(let upload) = try decode(#"{"type":"SYNC_UPLOAD","table":"task","payload":\#(payload)}"#) else {
        fatalError("not an upload")
    }
    return upload.item
}

/// The items of a `SYNC_BATCH_UPLOAD` with these payloads.
func items(_ payloads: String) throws -> [UploadItem] {
    guard
        case .batchUpload(let batch) = try decode(
            #"{"type":"SYNC_BATCH_UPLOAD","table":"task","payloads":\#(payloads)}"#)
    else { fatalError("not a batch") }
    return batch.items
}

/// Takes the frames of a buffer apart: their payloads, as text.
func payloads(of buffer: FrameBuffer) -> [String] {
    var rest = buffer.bytes[...]
    var payloads: [String] = []
    while !rest.isEmpty {
        precondition(rest.popFirst() == 0x81, "not a single text frame")
        var length = Int(rest.removeFirst())
        precondition(length < 128, "a server's frame is not masked")
        if length > 125 {
            let width = length == 126 ? 2 : 8
            length = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(width)
        }
        payloads.append(String(decoding: rest.prefix(length), as: UTF8.self))
        rest = rest.dropFirst(length)
    }
    return payloads
}

/// The payload of the one frame that `write` appends.
func payload(_ write: (inout FrameBuffer) -> Void) -> String {
    var buffer = FrameBuffer()
    write(&buffer)
    precondition(buffer.count == 1, "one frame")
    return payloads(of: buffer)[0]
}

enum Sample {
    static let text = "0f8fad5b-d9cb-469f-a165-70867728950e"
    static let id = SyncID(text)!
    static let team = ClaimName("team")!
    static let alice = Identity(user: UserID("1")!, groups: [group("red"), group("7")])

    static func group(_ name: String) -> GroupID { GroupID(claim: team, value: GroupName(name)!) }

    static func model(
        _ audience: Model.Audience = .user, unknownFields: Model.UnknownFields = .reject
    ) throws -> Model {
        try Model(
            ModelName("task")!, audience: audience,
            fields: [Field("title", .string(maxLength: 200)), Field("done", .bool, default: .bool(false))],
            unknownFields: unknownFields)
    }

    static func record(
        _ fields: String = #""title":"A","done":false"#, scope: Scope = .user(alice.user), state: Record.State = .live,
        id: Int64 = 1, version: Int64 = 7
    ) -> Record {
        Record(
            key: RecordKey(model: ModelName("task")!, syncID: Self.id), id: id, version: Version(version), scope: scope,
            state: state, fields: FieldValues(canonical: Array(fields.utf8)),
            origin: .init(writer: alice.user, base: .zero), created: Timestamp(microseconds: 1),
            updated: Timestamp(microseconds: 2))
    }
}
