import NIOCore

/// A connection that pulls a user's documents page by page, until one is not full.
final class PullReader: AnswerReceiver {
    struct Plan: Sendable {
        var collection: String
        var limit: Int
        /// The version to begin behind.
        var since: String
    }

    struct Counts: Sendable {
        var rows = 0
        var pages = 0
        var bytes = 0
        var latency = Histogram()
        var isComplete = false
        var completeAt = NIODeadline.distantPast
        var failure: String?
    }

    private let plan: Plan
    private let link: HTTPLink
    private var askedAt = NIODeadline.distantPast
    private(set) var counts = Counts()

    init(plan: Plan, link: HTTPLink) {
        self.plan = plan
        self.link = link
    }

    func start() {
        ask(since: plan.since)
    }

    private func ask(since: String) {
        askedAt = .now()
        link.get("/pull?since=\(since)&collections=\(plan.collection)&limit=\(plan.limit)")
        link.flush()
    }

    func answered(_ answer: HTTPAnswer, at now: NIODeadline) {
        answer.body.withUnsafeReadableBytes { text in
            guard answer.status == 200, let page = PullPage(text) else {
                counts.failure = "\(answer.status) " + String(decoding: text.prefix(300), as: UTF8.self)
                return
            }
            counts.pages += 1
            counts.rows += page.rows
            counts.bytes += text.count
            counts.latency.record(nanoseconds: (now - askedAt).nanoseconds)
            if page.rows < plan.limit {
                counts.isComplete = true
                counts.completeAt = now
            } else {
                ask(since: page.last)
            }
        }
    }

    func lost(_ error: BenchError) {
        if !counts.isComplete { counts.failure = error.description }
    }
}

/// What counts of a page of a pull.
package struct PullPage: Equatable {
    package var rows = 0
    package var last = ""

    /// Nil when it is no page: an error, or that a full resync is required.
    package init?(_ text: UnsafeRawBufferPointer) {
        var operations = Finder(#""operation""#)
        var offset = 0
        while let after = operations.find(in: text, from: offset) {
            rows += 1
            offset = after
        }
        // Behind all rows; a row's own fields may be called so, too.
        var lasts = Finder(#""last_seq""#)
        guard let after = lasts.find(in: text, from: offset), let value = JSONScan.value(in: text, after: after),
            text[value] == UInt8(ascii: "\"")
        else { return nil }
        let rest = text[(value + 1)...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        last = String(decoding: rest[..<end], as: UTF8.self)
    }
}
