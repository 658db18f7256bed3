@SyncModel
struct Options {
    @Field(maxLength: 0) var none: String
    // expected-error@-1 {{'maxLength' is at least 1}}
    @Field(maxLength: -3) var fewer: String?
    // expected-error@-1 {{'maxLength' is at least 1}}
    @Field(maxLength: 5) var title = "Untitled"
    // expected-error@-1 {{the default has 8 characters, and the field at most 5}}
    @Field(maxLength: 2) var flag = "🇩🇪🇫🇷"
    // expected-error@-1 {{the default has 4 characters, and the field at most 2}}
    @Field(maxDigits: 39, decimalPlaces: 2) var huge: Decimal
    // expected-error@-1 {{'maxDigits' is 1 to 38}}
    @Field(maxDigits: 0, decimalPlaces: 0) var tiny: Decimal
    // expected-error@-1 {{'maxDigits' is 1 to 38}}
    @Field(maxDigits: 4, decimalPlaces: 5) var precise: Decimal
    // expected-error@-1 {{'decimalPlaces' is 0 to 'maxDigits'}}
    @Field(maxDigits: 4, decimalPlaces: -1) var round: Decimal
    // expected-error@-1 {{'decimalPlaces' is 0 to 'maxDigits'}}
    @Field(conflict: .counter) var counted: String
    // expected-error@-1 {{the conflict policy 'counter' is for Int, Double, Decimal, and this is 'String'}}
    @Field(conflict: .max) var greatest: Bool?
    // expected-error@-1 {{the conflict policy 'max' is for Int, Double, Decimal, Date, CalendarDate, and this is 'Bool?'}}
    @Field(conflict: ConflictPolicy.union) var joined: Int
    // expected-error@-1 {{the conflict policy 'union' is for JSONValue, and this is 'Int'}}
}
