import PulseModel

/// What a record's `_sync` holds.
struct SyncDetails {
    struct Text {
        let place: Int
        /// A whole member: `"key":value`.
        let member: UnsafeRawBufferPointer

        func isMember(named name: UnsafeRawBufferPointer) -> Bool {
            member.count > name.count + 2 && member[1..<name.count + 1].elementsEqual(name)
                && member[name.count + 1] == UInt8(ascii: "\"")
        }
    }

    var scope: Scope?
    var isErased = false
    var base: Int64 = 0
    var stamp: HybridTime?
    var parent: HybridTime?
    var writer: UserID?
    var created: Int64 = 0
    /// In microseconds since 1970.
    var updated: Int64 = 0
    var texts: [Text] = []
    var history = RecordHistory.none
    /// What the record's values came to when this program wrote them; nil in documents of older ones.
    var check: Int64?

    init(_ element: BSONElement) throws(BSONError) {
        var elements = try element.elements()
        while let element = try elements.next() {
            if element.has("scope") { scope = element.string.flatMap(Scope.init(key:)) }
            if element.has("erased") { isErased = element.bool ?? false }
            if element.has("base") { base = element.int ?? 0 }
            if element.has("stamp") { stamp = element.int.map(HybridTime.init(ticks:)) }
            if element.has("parent") { parent = element.int.map(HybridTime.init(ticks:)) }
            if element.has("writer") {
                guard let user = element.string.flatMap({ UserID($0) }) else { throw BSONError("its writer is none") }
                writer = user
            }
            if element.has("created") { created = element.int ?? 0 }
            if element.has("updated") { updated = element.int ?? 0 }
            if element.has("history") { history = RecordHistory(stored: element.utf8.map { Array($0) } ?? []) }
            if element.has("check") { check = element.int }
            if element.has("text") { texts = try Self.texts(element) }
        }
    }

    private static func texts(_ element: BSONElement) throws(BSONError) -> [Text] {
        var parts = try element.elements()
        guard let list = try parts.next(), let members = try parts.next()?.utf8 else {
            throw BSONError("its texts are damaged")
        }
        var places: [Int] = []
        var entries = try list.elements()
        while let entry = try entries.next() { places.append(Int(entry.int ?? -1)) }
        var texts: [Text] = []
        let isIntact = JSONMembers.scan(members) { key, value in
            guard texts.count < places.count else { return texts.append(Text(place: -1, member: members)) }
            let member = UnsafeRawBufferPointer(rebasing: members[(key.lowerBound - 1)..<value.upperBound])
            texts.append(Text(place: places[texts.count], member: member))
        }
        guard isIntact, texts.count == places.count else { throw BSONError("its texts are damaged") }
        return texts
    }
}
