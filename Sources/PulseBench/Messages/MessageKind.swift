/// What a server's message is, told from its `type` alone.
package enum MessageKind: Equatable {
    case update
    case batchAck
    case singleAck
    case error
    case other

    /// Looks at the first `"type"` in the message, which every server here writes first.
    package init(of text: UnsafeRawBufferPointer) {
        var finder = Self.type
        guard let after = finder.find(in: text), let value = JSONScan.value(in: text, after: after),
            text[value] == UInt8(ascii: "\"")
        else {
            self = .other
            return
        }
        let name = UnsafeRawBufferPointer(rebasing: text[(value + 1)...])
        if name.starts(with: "SYNC_UPDATE\"".utf8) {
            self = .update
        } else if name.starts(with: "BATCH_ACK\"".utf8) {
            self = .batchAck
        } else if name.starts(with: "SYNC_ACK_INDIVIDUAL\"".utf8) {
            self = .singleAck
        } else if name.starts(with: "SYNC_ERROR\"".utf8) {
            self = .error
        } else {
            self = .other
        }
    }

    private static let type = Finder(#""type""#, hint: 1)
}
