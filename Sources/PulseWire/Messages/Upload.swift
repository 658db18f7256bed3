import PulseModel

/// `SYNC_UPLOAD`: one record that changed on the device (protocol section "Upload").
public struct Upload: Sendable {
    public let table: String
    public let item: UploadItem

    init(_ object: JSONObject) throws(WireError) {
        table = try object.table()
        guard let payload = object["payload"] else {
            throw WireError(.badField, "\"payload\" is missing.", table: table)
        }
        guard case .object = payload else {
            throw WireError(.badField, "\"payload\" must be an object, is \(payload.kindName).", table: table)
        }
        item = UploadItem(payload)
    }
}
