import PulseModel
import Testing

@Suite struct VersionTests {
    @Test func `Versions follow each other from zero on`() {
        #expect(Version.zero.number == 0)
        #expect(Version.zero.next == Version(1))
        #expect(Version(41).next.number == 42)
    }

    @Test func `Versions are ordered and written as their numbers`() {
        #expect([Version(10), Version(9), Version(-1), Version(.max)].sorted().map(\.number) == [-1, 9, 10, .max])
        #expect(Version(.max).description == "9223372036854775807")
        #expect(!(Version(3) < Version(3)))
    }

    @Test func `Moments are ordered by their microseconds`() {
        #expect(Timestamp(microseconds: -1) < Timestamp(microseconds: 0))
        #expect(Timestamp(microseconds: .min) < Timestamp(microseconds: .max))
    }
}
