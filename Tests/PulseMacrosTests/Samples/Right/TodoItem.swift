enum Group {
    @SyncModel("todo_item", scope: .group(by: "team"), unknownFields: .keep)
    struct TodoItem: Equatable {
        enum Priority: String, SyncChoice { case low, high }

        @Field(maxLength: 80) var name: String
        var priority = Priority.low
        @Field("cost", maxDigits: 10, decimalPlaces: 2) var price: Decimal = 0
        var dueDay: CalendarDate? = nil
        @Pulse.Field("assigned", readOnly: true) var assignedTo: Reference<TodoItem>?
        var tags: JSONValue = ["urgent", ["depth": -1.5]]
        var `default` = -5 { didSet { print(oldValue) } }
        private var secret: Priority? = .high

        @available(*, deprecated) static let limit = 7
        var title: String { name }
        var shouted: String {
            get { name.uppercased() }
            set { name = newValue }
        }
    }
}
