@SyncModel(scope: .global)
public struct Person {
    @Field(maxLength: 40) public var name: String
    public var boss: Reference<Person>?
    public var visits = 0
    var note: String?
    var room: Int
}

@SyncModel
package struct Badge: SyncModel {
    package var holder: Reference<Person>

    package init(of holder: Person) {
        self.holder = Reference(holder)
    }
}

@SyncModel(conflicts: ConflictRules(.lastWriter(by: "edited"), merge: .fields))
package struct Account {
    @Field(maxDigits: 12, decimalPlaces: 2, conflict: .counter) public var balance: Decimal = 0
    package var edited: Optional<Date>
}

@SyncModel
public struct Nothing {}
