import Crypto
import PulseAuth
import PulseModel
import Testing

@Suite("The cache of answers")
struct AnswerCacheTests {
    private let start = ContinuousClock.now
    private let key = SHA256.hash(data: Array("key".utf8))
    private let accepted: SessionAnswer

    init() throws {
        accepted = .accepted(Identity(user: try #require(UserID("1"))), for: nil)
    }

    @Test("an answer that lets in is kept for the lifetime")
    func lifetime() {
        var cache = AnswerCache(lifetime: .seconds(5))
        cache.keep(accepted, to: key, at: start)
        #expect(cache.answer(to: key, at: start + .milliseconds(4_999)) == accepted)
        #expect(cache.answer(to: key, at: start + .seconds(5)) == nil)
    }

    @Test("but never longer than it says itself")
    func remaining() throws {
        var cache = AnswerCache(lifetime: .seconds(5))
        cache.keep(.accepted(Identity(user: try #require(UserID("1"))), for: .seconds(2)), to: key, at: start)
        #expect(cache.answer(to: key, at: start + .milliseconds(1_999)) != nil)
        #expect(cache.answer(to: key, at: start + .seconds(2)) == nil)
    }

    @Test("a refusal is kept for a second, a failure not at all")
    func others() {
        var cache = AnswerCache(lifetime: .seconds(5))
        cache.keep(.refused("no"), to: key, at: start)
        #expect(cache.answer(to: key, at: start + .milliseconds(999)) == .refused("no"))
        #expect(cache.answer(to: key, at: start + .seconds(1)) == nil)
        cache = AnswerCache(lifetime: .seconds(5))
        cache.keep(.unavailable("away"), to: key, at: start)
        #expect(cache.count == 0)
    }

    @Test("without a lifetime nothing is kept")
    func none() {
        var cache = AnswerCache(lifetime: .zero)
        cache.keep(accepted, to: key, at: start)
        cache.keep(.refused("no"), to: key, at: start)
        #expect(cache.count == 0)
    }

    @Test("a newer answer takes the place of an older one, across generations")
    func newer() {
        var cache = AnswerCache(lifetime: .seconds(5), capacity: 1)
        cache.keep(accepted, to: key, at: start)
        cache.keep(accepted, to: SHA256.hash(data: Array("other".utf8)), at: start)
        #expect(cache.answer(to: key, at: start) == accepted)
        cache.keep(.refused("no"), to: key, at: start)
        #expect(cache.answer(to: key, at: start) == .refused("no"))
    }

    @Test("what it holds is bounded, and forgotten when it is old")
    func bounded() {
        var cache = AnswerCache(lifetime: .seconds(5), capacity: 100)
        for number in 0..<10_000 {
            let digest = SHA256.hash(data: Array("\(number)".utf8))
            cache.keep(accepted, to: digest, at: start)
            #expect(cache.answer(to: digest, at: start) == accepted)
        }
        #expect(cache.count <= 200)
        cache.keep(accepted, to: key, at: start + .seconds(5))
        cache.keep(accepted, to: key, at: start + .seconds(10))
        #expect(cache.count <= 2)
    }
}
