package import Crypto

/// Answers that are taken again for a moment. A pure value.
///
/// It holds two generations; when the younger one is full or old, the elder is dropped whole. So what it takes is bounded
/// without any bookkeeping by entry.
package struct AnswerCache: Sendable {
    private struct Entry {
        let answer: SessionAnswer
        let end: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let capacity: Int
    private var young: [SHA256Digest: Entry] = [:]
    private var old: [SHA256Digest: Entry] = [:]
    private var youngEnd: ContinuousClock.Instant?

    /// - Parameters:
    ///   - lifetime: of an answer that lets somebody in, unless that ends earlier. One that refuses is kept for a second,
    ///     if not for less; one that says nothing, not at all.
    ///   - capacity: answers of one generation.
    package init(lifetime: Duration, capacity: Int = 4_096) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    package func answer(to digest: SHA256Digest, at now: ContinuousClock.Instant) -> SessionAnswer? {
        guard let entry = young[digest] ?? old[digest], now < entry.end else { return nil }
        return entry.answer
    }

    package mutating func keep(_ answer: SessionAnswer, to digest: SHA256Digest, at now: ContinuousClock.Instant) {
        let span: Duration
        switch answer {
        case .accepted(_, let remaining): span = min(lifetime, remaining ?? lifetime)
        case .refused: span = min(lifetime, .seconds(1))
        case .unavailable: return
        }
        guard span > .zero else { return }
        if young.count >= capacity || youngEnd.map({ now >= $0 }) ?? true {
            old = young
            young = [:]
            youngEnd = now + lifetime
        }
        young[digest] = Entry(answer: answer, end: now + span)
    }

    /// Answers that are held, expired ones too.
    package var count: Int { young.count + old.count }
}
