import Pulse

@SyncModel struct Task {
    @Field(maxLength: 200) var title: String
    var description = ""
    var completed = false
}

@SyncModel(scope: .global) struct Item {
    @Field(maxLength: 255) var name: String
    var description = ""
    @Field(maxDigits: 10, decimalPlaces: 2) var price: Decimal
}
