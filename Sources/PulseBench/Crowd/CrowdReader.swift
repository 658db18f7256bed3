import NIOCore

/// One client of a crowd: has nothing, asks for everything, and notes how long it was left waiting.
final class CrowdReader: MessageReceiver {
    struct Counts: Sendable {
        var askedAt = NIODeadline.distantPast
        var lastAt = NIODeadline.distantPast
        /// When the last of the records that were expected came.
        var completeAt: NIODeadline?
        /// The longest time in which nothing came, from asking on.
        var longestSilence = TimeAmount.zero
        var records = 0
        /// Versions that were not above the one before.
        var orderViolations = 0
        var failure: String?

        var isDone: Bool { completeAt != nil || failure != nil }
    }

    private let table: String
    private let expected: Int
    private var link: Link?
    private var versions = VersionFinder()
    private var lastVersion: Int64 = 0
    private(set) var counts = Counts()

    init(table: String, expected: Int) {
        self.table = table
        self.expected = expected
    }

    func opened(_ link: Link) {
        self.link = link
    }

    func ask() {
        counts.askedAt = .now()
        counts.lastAt = counts.askedAt
        link?.requestDelta(of: table)
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        guard MessageKind(of: text) == .update, let version = versions.version(in: text) else {
            counts.failure = counts.failure ?? String(decoding: text.prefix(300), as: UTF8.self)
            return
        }
        counts.longestSilence = max(counts.longestSilence, now - counts.lastAt)
        counts.lastAt = now
        counts.records += 1
        if version <= lastVersion { counts.orderViolations += 1 }
        lastVersion = max(lastVersion, version)
        if counts.records == expected { counts.completeAt = now }
    }

    func lost(_ error: BenchError) {
        link = nil
        counts.failure = counts.failure ?? error.description
    }
}
