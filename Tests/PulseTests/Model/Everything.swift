import Pulse

/// A model with a field of every kind.
@SyncModel(
    "every_thing", scope: .group(by: "team"), unknownFields: .keep,
    conflicts: ConflictRules(.lastWriter(by: "seen_at"), merge: .fields))
struct Everything: Equatable {
    enum Priority: String, SyncChoice { case low, high }
    enum Stars: Int, SyncChoice {
        case one = 1
        case two
    }

    @Field(maxLength: 80) var name: String
    var notes = "None."
    var isOpen = true
    @Field(conflict: .counter) var count = -3
    var weight = 1.5
    @Field(maxDigits: 38, decimalPlaces: 10) var price: Decimal
    var dueDay: CalendarDate?
    var seenAt: Date?
    var token: UUID?
    var tags: JSONValue = ["new"]
    var priority = Priority.low
    var stars: Stars? = .two
    @Field("assigned", readOnly: true) var assignedTo: Reference<Everything>?
    var unit: PlainReference?
}
