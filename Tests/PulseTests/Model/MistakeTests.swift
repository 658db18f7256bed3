import Pulse
import Testing

@SyncModel(conflicts: ConflictRules(.lastWriter(by: "gone")))
private struct Forgetful {
    var title = ""
}

private let noLength = 0

@SyncModel
private struct Narrow {
    @Field(maxLength: noLength) var title = ""
}

/// What the compiler cannot see, as it is the value of a constant, stops the program when it starts.
@Suite struct MistakeTests {
    @Test func `A model that cannot be is told with the names of struct and field`() async throws {
        let forgetful = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Forgetful.model
        }
        #expect(try said(forgetful).contains("Forgetful: model 'forgetful': there is no field 'gone'"))
        let narrow = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Narrow.model
        }
        #expect(try said(narrow).contains("Narrow, field 'title': max_length is at least 1"))
    }

    @Test func `What is no field has no field's name`() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Everything.fieldName(of: \.version)
        }
        #expect(try said(result).contains("is no field"))
    }

    private func said(_ result: ExitTest.Result?) throws -> String {
        String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    }
}
