import PulseModel
import Testing

@Suite struct ScopeTests {
    @Test func `The global scope has a key of its own`() {
        #expect(Scope.global.key == "*")
        #expect(Scope(key: "*") == .global)
    }

    @Test(arguments: IdentityTests.usable)
    func `A user's scope is read back from its key`(name: String) throws {
        let scope = Scope.user(try #require(UserID(name)))
        #expect(scope.key.utf8.elementsEqual("u:\(name)".utf8))
        #expect(Scope(key: scope.key) == scope)
    }

    @Test(arguments: IdentityTests.usable + ["=", "==", "a=b", "=\u{338}", "\u{338}", "\u{FE0F}"])
    func `A group's scope is read back from its key`(name: String) throws {
        let scope = Scope.group(GroupID(claim: ClaimName("team")!, value: try #require(GroupName(name))))
        #expect(scope.key.utf8.elementsEqual("g:team=\(name)".utf8))
        #expect(Scope(key: scope.key) == scope)
    }

    @Test(arguments: [
        "", "u:", "u", ":", "**", "*a", "u:a\0b", "g:", "g:team", "g:team=", "g:=x", "g:te am=x", "g:1=x", "U:a", "x:a",
        "u\u{FF1A}a", "global", " u:a", "g:team=\n", "*\u{301}",
    ])
    func `Other text is the key of no scope`(key: String) {
        #expect(Scope(key: key) == nil)
    }

    @Test func `No two scopes share a key`() {
        let names = IdentityTests.usable
        let users = names.map { Scope.user(UserID($0)!).key }
        let groups = names.flatMap { name in
            ["team", "te", "a"].map { Scope.group(GroupID(claim: ClaimName($0)!, value: GroupName(name)!)).key }
        }
        let keys = [Scope.global.key] + users + groups
        #expect(Set(keys.map { Array($0.utf8) }).count == 1 + 4 * names.count)
    }
}
