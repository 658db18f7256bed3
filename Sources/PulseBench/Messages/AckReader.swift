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
        var reader = AckReader(text: text)
        guard reader.readBatch(), reader.sawSynced else { return nil }
        self = reader.ack
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

/// Walks a BATCH_ACK once and counts the items of its three lists.
private struct AckReader {
    package let text: UnsafeRawBufferPointer
    package var ack = Ack.none
    package var sawSynced = false
    private var index = 0

    private enum List { case synced, conflicts, errors }

    package init(text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// Items are the strings and objects right inside a list of the outer object.
    package mutating func readBatch() -> Bool {
        var depth = 0
        var list: List? = nil
        var key: Range<Int>? = nil
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = readString() else { return false }
                if depth == 1 {
                    key = string
                } else if depth == 2, let list {
                    count(list, string)
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth == 2, byte == UInt8(ascii: "[") {
                    list = key.flatMap(list(named:))
                    if list == .synced { sawSynced = true }
                } else if depth == 3, let list {
                    count(list, nil)
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 1 { list = nil }
                if depth == 0 { return true }
            default:
                break
            }
        }
        return false
    }

    private mutating func count(_ list: List, _ string: Range<Int>?) {
        switch list {
        case .synced:
            if ack.synced == 0, let string { ack.firstSynced = Array(text[string]) }
            ack.synced += 1
        case .conflicts: ack.conflicts += 1
        case .errors: ack.errors += 1
        }
    }

    private func list(named key: Range<Int>) -> List? {
        let name = text[key]
        if name.elementsEqual("synced_ids".utf8) { return .synced }
        if name.elementsEqual("conflicts".utf8) { return .conflicts }
        if name.elementsEqual("errors".utf8) { return .errors }
        return nil
    }

    /// The inside of the string whose opening quote was just read.
    private mutating func readString() -> Range<Int>? {
        let start = index
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""):
                index += 1
                return start..<index - 1
            default: index += 1
            }
        }
        return nil
    }
}
