import PulseSQLite
import Testing

@Suite struct SharingTests {
    @Test(arguments: [3_051_003, 3_051_004, 3_053_000, 4_000_000, 3_050_007, 3_050_009, 3_044_006] as [Int32])
    func `A version with the fix may share files`(version: Int32) {
        #expect(SQLiteStore.mayShareFiles(with: version))
    }

    @Test(arguments: [3_040_001, 3_044_005, 3_045_000, 3_050_006, 3_051_000, 3_051_002] as [Int32])
    func `A version without it may not`(version: Int32) {
        #expect(!SQLiteStore.mayShareFiles(with: version))
    }
}
