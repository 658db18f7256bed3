import NIOCore

/// A connection that asks for everything and checks what comes.
package final class DeltaReader: MessageReceiver {
    package struct Counts: Sendable {
        var askedAt = NIODeadline.distantPast
        var firstAt: NIODeadline?
        /// When the last of the records that were expected came.
        var completeAt: NIODeadline?
        var records = 0
        var bytes = 0
        /// Versions that were not above the one before.
        var orderViolations = 0
        var otherFrames = 0
        var failure: String?
    }

    private let table: String
    private let expected: Int
    private var link: Link?
    private var versions = VersionFinder()
    private var lastVersion: Int64 = 0
    private(set) var counts = Counts()

    package init(table: String, expected: Int) {
        self.table = table
        self.expected = expected
    }

    package func opened(_ link: Link) {
        self.link = link
    }

    package func ask() {
        counts.askedAt = .now()
        link?.requestDelta(of: table)
    }

    package func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        guard MessageKind(of: text) == .update, let version = versions.version(in: text) else {
            counts.otherFrames += 1
            if counts.failure == nil { counts.failure = String(decoding: text.prefix(300), as: UTF8.self) }
            return
        }
        if counts.firstAt == nil { counts.firstAt = now }
        counts.records += 1
        counts.bytes += text.count
        if version <= lastVersion { counts.orderViolations += 1 }
        lastVersion = max(lastVersion, version)
        if counts.records == expected { counts.completeAt = now }
    }

    package func lost(_ error: BenchError) {
        link = nil
        counts.failure = error.description
    }
}
