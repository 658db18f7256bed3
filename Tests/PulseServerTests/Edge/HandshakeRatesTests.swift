import NIOCore
import PulseServer
import Testing

@Suite struct HandshakeRatesTests {
    /// The rates, with a clock that is set by hand.
    private final class Rates {
        private var rates: HandshakeRates

        init(perSecond: Int, capacity: Int = 100) {
            rates = HandshakeRates(perSecond: perSecond, capacity: capacity)
        }

        var count: Int { rates.count }

        func take(_ address: IPAddress, at milliseconds: Int) -> Bool {
            rates.take(address, now: .uptimeNanoseconds(1 << 40) + .milliseconds(Int64(milliseconds)))
        }
    }

    private let address = IPAddress("192.0.2.1")!
    private let other = IPAddress("192.0.2.2")!

    @Test func `an address may come so many times at once, and then as often as its rate`() {
        let rates = Rates(perSecond: 10)
        #expect((0..<20).filter { _ in rates.take(address, at: 0) }.count == 10)
        #expect(!rates.take(address, at: 99))
        #expect(rates.take(address, at: 100))
        #expect(!rates.take(address, at: 199))
        #expect((200..<5_200).filter { rates.take(address, at: $0) }.count == 50)
    }

    @Test func `a refused attempt costs nothing, and others are not touched`() {
        let rates = Rates(perSecond: 1)
        #expect(rates.take(address, at: 0))
        #expect(!(0..<1_000).contains { rates.take(address, at: $0) })
        #expect(rates.take(other, at: 999))
        #expect(rates.take(address, at: 1_000))
    }

    @Test func `a rate holds while the tables turn`() {
        for start in stride(from: 0, to: 3_000, by: 70) {
            let rates = Rates(perSecond: 5)
            #expect(rates.take(other, at: 0))
            #expect((0..<4_000).filter { rates.take(address, at: start + $0) }.count == 5 + 19)
        }
    }

    @Test func `however many addresses come, the tables are bounded`() {
        let rates = Rates(perSecond: 1, capacity: 100)
        for number in 0..<10_000 {
            #expect(rates.take(IPAddress("10.0.\(number / 256).\(number % 256)")!, at: 0))
            #expect(rates.count <= 200)
        }
        #expect(rates.take(address, at: 5_000))
        #expect(rates.count == 1, "what is full again is forgotten")
    }
}
