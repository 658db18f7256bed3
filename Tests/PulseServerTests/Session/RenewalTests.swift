import PulseEngine
import PulseModel
import PulseServer
import PulseWire
import Testing

@Suite struct RenewalTests {
    private static let red = group("red")
    private static let blue = group("blue")

    private static func group(_ name: String, by claim: String = "team") -> GroupID {
        GroupID(claim: ClaimName(claim)!, value: GroupName(name)!)
    }

    private static func identity(_ groups: [GroupID], user: String = "1", expires: Int64? = nil) -> Identity {
        Identity(user: UserID(user)!, groups: groups, expires: expires.map { Timestamp(microseconds: $0) })
    }

    private func schema() throws -> Schema {
        try Schema([
            Model(ModelName("task")!, audience: .user, fields: []),
            Model(ModelName("board")!, audience: .group(by: ClaimName("team")!), fields: []),
        ])
    }

    private func renewal(
        _ answer: Result<Identity, AuthenticationError>, of current: Identity = identity([red, blue])
    ) throws -> Renewal {
        Renewal(answer, of: current, under: try schema())
    }

    @Test func `Who may read the same goes on`() throws {
        for groups in [
            [Self.red, Self.blue], [Self.blue, Self.red], [Self.blue, Self.group("x", by: "site"), Self.red],
        ] {
            let new = Self.identity(groups, expires: 7).withholding([], readOnly: [ModelName("task")!])
            guard case .goesOn(new) = try renewal(.success(new)) else {
                Issue.record("\(groups) end it")
                continue
            }
        }
    }

    @Test func `Who may read more, or less, comes back`() throws {
        let less = Self.identity([Self.red, Self.blue]).withholding([ModelName("task")!])
        for new in [Self.identity([]), Self.identity([Self.red]), Self.identity([Self.red, Self.group("x")]), less] {
            guard case .accessChanged(new) = try renewal(.success(new)) else {
                Issue.record("\(new) goes on")
                continue
            }
        }
        guard case .accessChanged = try renewal(.success(Self.identity([Self.red])), of: Self.identity([])) else {
            Issue.record("what is gained is not asked for anew")
            return
        }
    }

    @Test func `What is not accepted changes nothing, and says whether to try again`() throws {
        let answers: [(Result<Identity, AuthenticationError>, WireError.Code)] = [
            (.success(Self.identity([Self.red, Self.blue], user: "2")), .notAccepted),
            (.failure(AuthenticationError("a secret reason")), .notAccepted),
            (.failure(AuthenticationError("a secret reason", isTemporary: true)), .notChecked),
        ]
        for (answer, code) in answers {
            guard case .refused(let error) = try renewal(answer) else {
                Issue.record("\(answer) is taken")
                continue
            }
            #expect(error.code == code && !error.message.contains("secret"))
        }
    }
}
