import PulseEngine
import Synchronization
import Testing

@Suite struct QueueRoomTests {
    private typealias Load = QueueRoom.Load

    /// Room for 100 writes and 1,000 bytes.
    private func room() -> QueueRoom {
        var limits = QueueLimits()
        limits.writes = 100
        limits.bytes = 1_000
        return QueueRoom(limits)
    }

    private func guest(_ name: Int = 0, writes: Int = 10, _ entered: Entered = Entered()) -> QueueRoom.Guest {
        QueueRoom.Guest(Load(writes: writes, bytes: 1)) { entered.names.withLock { $0.append(name) } }
    }

    private final class Entered: Sendable {
        let names = Mutex<[Int]>([])
    }

    @Test(arguments: [(50, 0), (0, 500)])
    func `From half of either limit one has to wait, and what comes unasked still fits`(writes: Int, bytes: Int) {
        var room = room()
        room.add(Load(writes: writes - writes.signum(), bytes: bytes - bytes.signum()))
        #expect(room.wait(guest()) == nil)
        room.add(Load(writes: 1, bytes: 1))
        #expect(room.wait(guest()) != nil)
        #expect(room.fits(Load(writes: 50)) && !room.fits(Load(writes: 101 - writes)))
    }

    @Test func `An empty queue takes what is larger than its limits`() {
        #expect(room().fits(Load(writes: 1_000, bytes: 10_000)))
    }

    @Test func `Those who waited come in at a quarter, in order, as many as fill half`() {
        var room = room()
        let entered = Entered()
        room.add(Load(writes: 60))
        for name in 1...10 { #expect(room.wait(guest(name, entered)) != nil) }
        for guest in room.remove(Load(writes: 35)) { guest.enter() }
        #expect(entered.names.withLock(\.self) == [])
        for guest in room.remove(Load(writes: 1)) { guest.enter() }
        #expect(entered.names.withLock(\.self) == [1, 2, 3])
        // They are expected, so the next commit lets nobody else in.
        #expect(room.remove(Load(writes: 1)).isEmpty)
        // And who is new stands behind those who wait.
        #expect(room.wait(guest()) != nil)
        #expect(room.guestCount == 8)
    }

    @Test func `Who was let in and brings nothing makes room for the next`() throws {
        var room = room()
        let entered = Entered()
        room.add(Load(writes: 50))
        let tickets = try (1...9).map { name in
            let ticket = room.wait(guest(name, entered))
            return try #require(ticket)
        }
        #expect(room.remove(Load(writes: 50)).count == 5)
        // No commit comes any more that could let the others in.
        for ticket in tickets { for guest in room.release(ticket) { guest.enter() } }
        #expect(entered.names.withLock(\.self) == [6, 7, 8, 9])
        #expect(room.wait(guest()) == nil)
    }

    @Test func `Who leaves the line is not let in`() throws {
        var room = room()
        let entered = Entered()
        room.add(Load(writes: 50))
        let waiting = room.wait(guest(1, entered))
        let first = try #require(waiting)
        #expect(room.wait(guest(2, entered)) != nil)
        #expect(room.release(first).isEmpty)
        for guest in room.remove(Load(writes: 50)) { guest.enter() }
        #expect(entered.names.withLock(\.self) == [2])
    }

    @Test func `Closing lets everybody in, and nobody waits any more`() {
        var room = room()
        room.add(Load(writes: 100))
        for _ in 0..<20 { #expect(room.wait(guest()) != nil) }
        #expect(room.openToAll().count == 20)
        room.add(Load(writes: 1))
        #expect(room.wait(guest()) == nil)
    }
}
