/// What a server said about one upload.
package struct Ack: Equatable {
    package var synced = 0
    package var conflicts = 0
    package var errors = 0
    /// The first id in `synced_ids`.
    package var firstSynced: [UInt8] = []

    package var items: Int { synced + conflicts + errors }

    /// A BATCH_ACK; nil when it is not understood.
    package init?(batch text: UnsafeRawBufferPointer) {
        var ack = Ack.none
        var sawSynced = false
        var cursor = JSONCursor(text)
        let isWhole = cursor.members { key, cursor in
            if key.isText("synced_ids") {
                sawSynced = true
                return cursor.elements { cursor in
                    guard let id = cursor.string() else { return false }
                    if ack.synced == 0 { ack.firstSynced = Array(id) }
                    ack.synced += 1
                    return true
                }
            }
            if key.isText("conflicts") { return cursor.skipElements(counting: &ack.conflicts) }
            if key.isText("errors") { return cursor.skipElements(counting: &ack.errors) }
            return cursor.skip()
        }
        guard isWhole, sawSynced else { return nil }
        self = ack
    }

    /// A SYNC_ACK_INDIVIDUAL; nil when it is not understood.
    package init?(single text: UnsafeRawBufferPointer) {
        var finder = Finder(#""status""#)
        guard let after = finder.find(in: text), let value = JSONScan.value(in: text, after: after) else { return nil }
        let status = UnsafeRawBufferPointer(rebasing: text[value...])
        if status.starts(with: #""SUCCESS""#.utf8) {
            synced = 1
            var ids = Finder(#""sync_id""#)
            guard let after = ids.find(in: text), let id = JSONScan.value(in: text, after: after) else { return nil }
            firstSynced = Array(text[(id + 1)...].prefix(RecordID.textLength))
        } else if status.starts(with: #""CONFLICT""#.utf8) {
            conflicts = 1
        } else if status.starts(with: #""ERROR""#.utf8) {
            errors = 1
        } else {
            return nil
        }
    }

    private init() {}

    /// An ack without any item.
    package static let none = Ack()
}
