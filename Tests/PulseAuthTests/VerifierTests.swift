import PulseAuth
import Testing

@Suite("Verifying signatures")
struct VerifierTests {
    @Test("of more tokens than can wait some are put off, and none is called wrong")
    func crowd() async throws {
        let token = try await Forge.token(.es512)
        try await withDoor([.es512]) { door in
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<3_000 {
                    group.addTask {
                        switch await door.open(token) {
                        case .success: return true
                        case .failure(let error):
                            #expect(error.isTemporary)
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect((1_024..<3_000).contains(accepted))
            #expect(await door.user(token) == "17")
        }
    }
}
