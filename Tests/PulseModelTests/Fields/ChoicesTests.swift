import PulseModel
import Testing

@Suite("Choices")
struct ChoicesTests {
    @Test("a value that is none of them is refused, and the choices are named")
    func refused() throws {
        let model = try Model.task([
            Field("state", .text, choices: [.string("open"), .string("done")]),
            Field(
                "level", .decimal(maxDigits: 3, decimalPlaces: 1), isNullable: true, choices: [.string("1"), .int(2)]),
        ])
        let good = try FieldValues.none.patched(#"{"state":"open","level":1.0}"#, in: model)
        #expect(good.text == #""state":"open","level":"1.0""#)
        #expect(try good.patched(#"{"state":"done","level":null}"#, in: model).text == #""state":"done","level":null"#)
        #expect(refusal(of: #"{"state":"Open"}"#, model) == #"state: must be one of "open", "done""#)
        #expect(refusal(of: #"{"level":3}"#, model) == #"level: must be one of "1.0", "2.0""#)
        #expect(throws: FieldError.self) { try good.patched(#"{"state":"done!"}"#, in: model, by: .server) }
    }

    @Test("a field whose choices have no empty text is required")
    func required() throws {
        let model = try Model.task([Field("state", .text, choices: [.string("open")])])
        #expect(refusal(of: "{}", model) == "state: is required")
        let other = try Model.task([Field("state", .text, choices: [.string("open"), .string("")])])
        #expect(try FieldValues.none.patched("{}", in: other).text == #""state":"""#)
    }

    private func refusal(of values: String, _ model: Model) -> String? {
        do {
            _ = try FieldValues.none.patched(values, in: model)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("choices and defaults that do not fit are mistakes of the schema")
    func mistakes() throws {
        #expect(throws: SchemaError.self) { try Field("a", .int, choices: [.string("1")]) }
        #expect(throws: SchemaError.self) { try Field("a", .int, isNullable: true, choices: [.null]) }
        #expect(throws: SchemaError.self) { try Field("a", .int, default: .int(3), choices: [.int(1), .int(2)]) }
        #expect(throws: SchemaError.self) { try Field("a", .int, choices: [.int(1), .int(2)], conflict: .counter) }
        #expect(throws: SchemaError.self) { try Field("a", .json, choices: [.array([])], conflict: .union) }
    }
}
