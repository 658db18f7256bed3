final class Parent: Sendable {}

@propertyWrapper
struct Clamped: Sendable {
    var wrappedValue = 0
}

@SyncModel
struct Declarations {
    var first = 1, second = 2
    // expected-error@-1 {{each field has a 'var' of its own}}
    var (left, right) = (1, 2)
    // expected-error@-1 {{a field is a property with one name}}
    lazy var late = ""
    // expected-error@-1 {{a field holds its value: it cannot be 'lazy'}}
    weak var parent: Parent?
    // expected-error@-1 {{a field holds its value: it cannot be 'weak'}}
    @Clamped var level: Int
    // expected-error@-1 {{a field holds its value: '@Clamped' cannot wrap it}}
    @Field(maxLength: 3) @Field(readOnly: true) var twice: String
    // expected-error@-1 {{a field has one '@Field'}}
    var untold = nil
    // expected-error@-1 {{a field needs a type where its default does not tell it}}
    // expected-error@-2 {{'nil' requires a contextual type}}
}
