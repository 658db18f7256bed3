import PulseModel
import Testing

@Suite struct KeyFieldTests {
    private static let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    private static let toTask = FieldKind.reference(to: ModelName("task")!)

    @Test(arguments: [id, "0F8FAD5B-D9CB-469F-A165-70867728950E", "0f8fad5bd9cb469fa16570867728950e"])
    func `A UUID is stored in lower case with hyphens`(text: String) throws {
        #expect(try stored(quoted(text), as: .uuid) == quoted(Self.id))
        #expect(try stored(quoted(text), as: Self.toTask) == quoted(Self.id))
    }

    @Test(arguments: [
        (#""""#, "refused: must be a UUID"), (#""0f8fad5b""#, "refused: must be a UUID"),
        ("1", "refused: must be a UUID as a string, is a number"),
        (#"{"$gt":""}"#, "refused: must be a UUID as a string, is an object"),
    ])
    func `What is no UUID is refused`(value: String, expected: String) throws {
        #expect(try stored(value, as: .uuid) == expected)
    }

    @Test(arguments: ["1", "0", "-5", "9223372036854775807"])
    func `A record is referred to by its id too`(value: String) throws {
        #expect(try stored(value, as: Self.toTask) == value)
        #expect(try stored(value, as: .reference(to: nil)) == value)
    }

    @Test(arguments: [
        (#""alice""#, "refused: must be the sync id or the id of a record"),
        (#""1""#, "refused: must be the sync id or the id of a record"),
        ("1.0", "refused: must be a key: an integer or a string, is a number"),
        ("9223372036854775808", "refused: must be a key: an integer or a string, is a number"),
        ("true", "refused: must be a key: an integer or a string, is a boolean"),
        (#"{"$ne":null}"#, "refused: must be a key: an integer or a string, is an object"),
    ])
    func `What cannot be a record's key is refused`(value: String, expected: String) throws {
        #expect(try stored(value, as: Self.toTask) == expected)
    }

    @Test(arguments: ["alice", "1", "$ne", " ", "e\u{301}", "0F8FAD5B-D9CB-469F-A165-70867728950E"])
    func `A plain key stays as it came`(text: String) throws {
        #expect(try stored(quoted(text), as: .reference(to: nil)).utf8.elementsEqual(quoted(text).utf8))
    }

    @Test(arguments: [#""""#, #""a\u0000b""#, #""\n""#, quoted("x", times: 256)])
    func `A plain key has 1 to 255 bytes and no control characters`(value: String) throws {
        #expect(try stored(value, as: .reference(to: nil)) == "refused: must be a key of 1 to 255 bytes")
    }
}
