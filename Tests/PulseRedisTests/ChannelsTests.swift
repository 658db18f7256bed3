import PulseModel
import PulseRedis
import Testing

@Suite struct ChannelsTests {
    private let channels = Channels(prefix: "pulse", space: "main")!

    @Test(arguments: [Scope.global, .ann, .user(UserID("*")!), .user(UserID("u:1")!), .user(UserID("a b:c")!)])
    func `A scope's channel leads back to it`(scope: Scope) {
        let name = Array(channels.name(of: scope).utf8)
        #expect(name.withUnsafeBytes { channels.scope(of: $0) } == scope)
    }

    @Test func `Nobody can be called as the channel of commits is`() {
        #expect(Array(channels.commits.utf8).withUnsafeBytes { channels.scope(of: $0) } == nil)
        #expect(Scope(key: "c") == nil)
    }

    @Test(arguments: ["pulse:main:", "pulse:other:*", "pulse", "", "pulse:main:x:1", "other:main:*"])
    func `Another channel has no scope`(name: String) {
        #expect(Array(name.utf8).withUnsafeBytes { channels.scope(of: $0) } == nil)
    }

    @Test(arguments: ["", "a:b", "a b", "a*", "\u{E9}", String(repeating: "a", count: 64)])
    func `A prefix or space that could be taken for another is refused`(name: String) {
        #expect(Channels(prefix: name, space: "main") == nil)
        #expect(Channels(prefix: "pulse", space: name) == nil)
    }
}
