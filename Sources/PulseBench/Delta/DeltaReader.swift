import NIOCore

/// A connection that asks for everything, checks what comes, and notes how long it was left waiting.
final class DeltaReader: MessageReceiver {
    struct Counts: Sendable {
        var askedAt = NIODeadline.distantPast
        var firstAt: NIODeadline?
        /// When the last record came, or when it asked.
        var lastAt = NIODeadline.distantPast
        /// When the last of the records that were expected came.
        var completeAt: NIODeadline?
        /// The longest time in which nothing came, from asking on.
        var longestSilence = TimeAmount.zero
        var records = 0
        var bytes = 0
        /// Versions that were not above the one before.
        var orderViolations = 0
        /// The first.
        var failure: String?
        /// The last versions that came, as many as were to be remembered, and the one before them.
        var newest = CircularBuffer<Int64>()

        var isDone: Bool { completeAt != nil || failure != nil }
    }

    private let table: String
    private let expected: Int
    private let after: Int64
    private let remembered: Int
    private var link: Link?
    private var versions = VersionFinder()
    private var lastVersion: Int64 = 0
    private(set) var counts = Counts()

    /// - Parameters:
    ///   - after: the version up to which the client has everything already.
    ///   - remembered: how many of the newest versions the counts are to hold.
    init(table: String, expected: Int, after: Int64 = 0, remembered: Int = 0) {
        self.table = table
        self.expected = expected
        self.after = after
        self.remembered = remembered
    }

    func opened(_ link: Link) {
        self.link = link
    }

    func ask() {
        counts.askedAt = .now()
        counts.lastAt = counts.askedAt
        link?.requestDelta(of: table, after: after)
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        guard MessageKind(of: text) == .update, let version = versions.version(in: text) else {
            counts.failure = counts.failure ?? String(decoding: text.prefix(300), as: UTF8.self)
            return
        }
        if counts.firstAt == nil { counts.firstAt = now }
        counts.longestSilence = max(counts.longestSilence, now - counts.lastAt)
        counts.lastAt = now
        counts.records += 1
        counts.bytes += text.count
        if version <= lastVersion { counts.orderViolations += 1 }
        lastVersion = max(lastVersion, version)
        if remembered > 0 {
            counts.newest.append(version)
            if counts.newest.count > remembered + 1 { counts.newest.removeFirst() }
        }
        if counts.records == expected { counts.completeAt = now }
    }

    func lost(_ error: BenchError) {
        link = nil
        counts.failure = counts.failure ?? error.description
    }
}
