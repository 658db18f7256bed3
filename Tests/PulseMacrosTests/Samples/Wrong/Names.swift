@SyncModel
struct Reserved {
    var version = 1
    // expected-error@-1 {{every record has 'version' already: give the property another name}}
    var isDeleted = false
    // expected-error@-1 {{every record has 'isDeleted' already}}
    var `id` = 1
    // expected-error@-1 {{every record has 'id' already}}
    @Field("old_owner") var owner = ""
    // expected-error@-1 {{every record has 'owner' already}}
    var userID = ""
    // expected-error@-1 {{every record has a field 'user_id' already: give this one another name}}
    @Field("Sync_ID") var key = ""
    // expected-error@-1 {{every record has a field 'Sync_ID' already}}
}

let computedName: StaticString = "name"

@SyncModel
struct Misnamed {
    // swift-format-ignore
    var länge = 1
    // expected-error@-1 {{'länge' cannot be a field's name}}
    @Field("two words") var words = ""
    // expected-error@-1 {{'two words' cannot be a field's name}}
    @Field("") var nothing = ""
    // expected-error@-1 {{'' cannot be a field's name}}
    @Field(computedName) var named = ""
    // expected-error@-1 {{a field's name is a string literal}}
}

@SyncModel(scope: .group(by: "team"))
struct Repeated {
    var dueDay = ""
    @Field("DUE_DAY") var deadline = ""
    // expected-error@-1 {{another field is called 'DUE_DAY' already}}
    var team = ""
    // expected-error@-1 {{every record has 'team' already: it is the claim of its group}}
}
