import PulseModel

/// `SYNC_BATCH_UPLOAD`: records that changed on the device, each judged on its own, in order (protocol section
/// "Batch upload").
public struct BatchUpload: Sendable {
    public let table: String
    public let items: [UploadItem]

    init(_ object: JSONObject, limits: WireLimits) throws(WireError) {
        table = try object.table()
        switch object["payloads"] {
        case nil:
            items = []
        case .array(let payloads):
            guard payloads.count <= limits.maximumBatchItems else {
                throw WireError(
                    .tooLarge, "A batch has at most \(limits.maximumBatchItems) items, this one \(payloads.count).",
                    table: table)
            }
            items = payloads.map(UploadItem.init)
        case .some(let value):
            throw WireError(.badField, "\"payloads\" must be an array, is \(value.kindName).", table: table)
        }
    }
}
