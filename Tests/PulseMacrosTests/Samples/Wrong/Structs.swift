@SyncModel
final class Reading {}
// expected-error@-1 {{a model is a struct, not a class}}

@SyncModel
enum Colour {}
// expected-error@-1 {{a model is a struct, not an enum}}

@SyncModel
actor Worker {}
// expected-error@-1 {{a model is a struct, not an actor}}

@SyncModel
struct Box<Content> {}
// expected-error@-1 {{a model cannot be generic}}

@SyncModel("Big Table")
// expected-error@-1 {{'Big Table' cannot be a model's name}}
struct BadTable {}

@SyncModel("9lives")
// expected-error@-1 {{'9lives' cannot be a model's name}}
struct BadStart {}

@SyncModel
struct Größe {}
// expected-error@-1 {{'größe' cannot be a model's name}}

let table: StaticString = "computed"

@SyncModel(table)
// expected-error@-1 {{a model's name is a string literal}}
struct Computed {}

@SyncModel(scope: .group(by: "my team"))
// expected-error@-1 {{'my team' cannot be a claim's name}}
struct BadClaim {}

@SyncModel(scope: .group(by: "user_id"))
// expected-error@-1 {{'user_id' cannot be a claim's name}}
struct ReservedClaim {}

@SyncModel
struct Conditional {
    var title: String
    #if DEBUG
        // expected-error@-1 {{a model has the same fields in every build}}
        var trace = ""
    #endif
}

struct Plain {
    @Field(maxLength: 3) var title = ""
    // expected-error@-1 {{@Field is for a property of a @SyncModel struct}}
}

@SyncModel
struct Misplaced {
    @Field(maxLength: 3) var computed: String { "" }
    // expected-error@-1 {{only a stored property is a field}}
    @Field(maxLength: 3) func method() {}
    // expected-error@-1 {{only a stored property is a field}}
    @Field("shared") static let shared = ""
    // expected-error@-1 {{only a stored property is a field}}
}
