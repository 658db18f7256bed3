import Pulse
import PulseSchemaFile
import Testing

/// The same schema from Swift and from a file.
@Suite struct ParityTests {
    private static let yaml = """
        models:
          - name: every_thing
            scope: {group: team}
            unknown_fields: keep
            conflicts:
              policy: {lastWriter: seen_at}
              merge: fields
            fields:
              - {name: name, type: string, max_length: 80}
              - {name: notes, type: text, default: None.}
              - {name: is_open, type: bool, default: true}
              - {name: count, type: int, default: -3, conflict: counter}
              - {name: weight, type: double, default: 1.5}
              - {name: price, type: decimal, max_digits: 38, decimal_places: 10}
              - {name: due_day, type: date, nullable: true}
              - {name: seen_at, type: dateTime, nullable: true}
              - {name: token, type: uuid, nullable: true}
              - {name: tags, type: json, default: [new]}
              - {name: priority, type: string, max_length: 4, default: low, choices: [low, high]}
              - {name: stars, type: int, nullable: true, default: 2, choices: [1, 2]}
              - {name: assigned, type: reference, to: every_thing, nullable: true, read_only: true}
              - {name: unit, type: reference, nullable: true}
        """

    @Test func `A schema of macros equals the one in a file`() throws {
        #expect(try SchemaFile.read(yaml: Self.yaml) == Schema([Everything.model]))
    }

    @Test func `A collection that is registered equals the one in a file`() throws {
        let yaml = """
            models:
              - {name: note, scope: user, retention: 90, fields: []}
            collections:
              - {name: inventory_items, scope: {group: business_id}, deletion: delete_wins, retention: 7}
              - {name: rates, scope: global, access: {write: nobody}}
            """
        let rules = SynchronizationRules(retentionDays: 90)
        let registrations: [ModelRegistration] = [
            .model(Note.self, synchronization: rules),
            .collection(
                "inventory_items", scope: .group(by: "business_id"), deletion: .deleteWins,
                synchronization: SynchronizationRules(retentionDays: 7), resolve: { _ in nil }),
            .collection("rates", scope: .global, access: AccessRules(write: .nobody)),
        ]
        let schema = try registrations.schema()
        #expect(Array(schema.models.dropFirst()) == Array(try SchemaFile.read(yaml: yaml).models.dropFirst()))
        #expect(schema[Note.modelName]?.synchronization == rules)
        #expect(registrations.hooks.keys.map(\.text) == ["inventory_items"])
    }

    @Test func `A schema of macros that is written to a file is read from it as the same`() throws {
        let schema = try Schema([Everything.model, Note.model])
        #expect(try SchemaFile.read(yaml: SchemaFile.yaml(of: schema)) == schema)
    }
}
