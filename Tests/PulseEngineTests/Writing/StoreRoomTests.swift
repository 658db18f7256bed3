import PulseEngine
import Testing

@Suite struct StoreRoomTests {
    private func levels(_ limits: StoreLimits, _ sizes: [StoreSize]) -> [StoreRoom.Level] {
        var room = StoreRoom(limits)
        return sizes.map { size in
            room.measured(size)
            return room.level
        }
    }

    @Test func `At its limit a store takes deletes, beyond a quarter nothing, and all again when 5 % are free`() {
        var limits = StoreLimits()
        limits.bytes = 1_000
        let used = [0, 999, 1_000, 1_249, 1_250, 1_249, 999, 951, 950, 949, 999]
        #expect(
            levels(limits, used.map { StoreSize(usedBytes: $0) }) == [
                .everything, .everything, .deletes, .deletes, .nothing, .deletes, .deletes, .deletes, .deletes,
                .everything, .everything,
            ])
    }

    @Test func `What is left on the disk counts, too`() {
        var limits = StoreLimits()
        limits.freeBytes = 1_000
        let free = [2_000, 1_000, 999, 250, 249, 250, 1_000, 1_049, 1_050, 1_000]
        #expect(
            levels(limits, free.map { StoreSize(usedBytes: 1 << 40, freeBytes: $0) }) == [
                .everything, .everything, .deletes, .deletes, .nothing, .deletes, .deletes, .deletes, .everything,
                .everything,
            ])
    }

    @Test func `Without limits, and where nothing is known of the disk, there is room`() {
        var limits = StoreLimits()
        #expect(levels(limits, [StoreSize(usedBytes: .max)]) == [.everything])
        limits.freeBytes = 0
        #expect(levels(limits, [StoreSize(usedBytes: .max, freeBytes: 0)]) == [.everything])
    }
}
