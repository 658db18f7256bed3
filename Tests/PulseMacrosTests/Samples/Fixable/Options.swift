@SyncModel
struct Price {
    var bare: Decimal
    // expected-error@-1 {{a Decimal needs 'maxDigits' and 'decimalPlaces'}}
    // expected-note@-2 {{insert '@Field(maxDigits: 12, decimalPlaces: 2)'}} {{5-5=@Field(maxDigits: 12, decimalPlaces: 2) }}
    private var hidden: Decimal? = 1
    // expected-error@-1 {{a Decimal needs 'maxDigits' and 'decimalPlaces'}}
    // expected-note@-2 {{insert '@Field(maxDigits: 12, decimalPlaces: 2)'}} {{5-5=@Field(maxDigits: 12, decimalPlaces: 2) }}
    var inferred = Decimal.zero
    // expected-error@-1 {{a Decimal needs 'maxDigits' and 'decimalPlaces'}}
    // expected-note@-2 {{insert '@Field(maxDigits: 12, decimalPlaces: 2)'}} {{5-5=@Field(maxDigits: 12, decimalPlaces: 2) }}
    @Field("named", maxDigits: 20, readOnly: true) var half: Foundation.Decimal
    // expected-error@-1 {{a Decimal needs 'maxDigits' and 'decimalPlaces'}}
    // expected-note@-2 {{replace '}} {{5-51=@Field("named", maxDigits: 20, decimalPlaces: 2, readOnly: true)}}
}

@SyncModel
struct Misfit {
    @Field(maxLength: 5) var flag: Bool
    // expected-error@-1 {{'maxLength' belongs to a String, and this is 'Bool'}}
    // expected-note@-2 {{remove 'maxLength'}} {{5-26=}}
    @Field("number", maxLength: 5, readOnly: true) var count = 0
    // expected-error@-1 {{'maxLength' belongs to a String, and this is 'Int'}}
    // expected-note@-2 {{remove 'maxLength'}} {{12-50="number", readOnly: true}}
    @Field(decimalPlaces: 2) var text = ""
    // expected-error@-1 {{'decimalPlaces' belongs to a Decimal, and this is 'String'}}
    // expected-note@-2 {{remove 'decimalPlaces'}} {{5-30=}}
}
