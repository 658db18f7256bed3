import NIOCore

/// One of the many connections that a push goes to: looks only at the version and at the marker.
final class FanoutReceiver: MessageReceiver {
    private let table: String?
    private let tally: FanoutTally
    private var versions = VersionFinder()
    private var markers: Finder
    private var lastVersion: Int64 = 0

    /// - Parameter table: what to ask for once, as a client would; nil asks for nothing.
    init(table: String?, marker: FanoutMarker, tally: FanoutTally) {
        self.table = table
        self.tally = tally
        markers = marker.finder
    }

    func opened(_ link: Link) {
        if let table { link.requestDelta(of: table) }
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        guard let digits = markers.find(in: text), let intended = JSONScan.digits(in: text, at: digits),
            let version = versions.version(in: text)
        else { return tally.foreignFrame() }
        tally.delivered(intended: intended, bytes: text.count, at: now, inOrder: version > lastVersion)
        lastVersion = max(lastVersion, version)
    }

    func lost(_ error: BenchError) {
        tally.lost(error)
    }
}
