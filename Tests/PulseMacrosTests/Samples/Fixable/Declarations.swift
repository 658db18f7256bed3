@SyncModel
struct Constant {
    let title: String
    // expected-error@-1 {{a field can change: it is a 'var'}}
    // expected-note@-2 {{replace 'let' with 'var'}} {{5-8=var}}
}

@SyncModel
struct Unwrapped {
    var title: String!
    // expected-error@-1 {{a field that may be null is written with '?'}}
    // expected-note@-2 {{replace '!' with '?'}} {{22-23=?}}
    var subtitle: String??
    // expected-error@-1 {{null is one value: a field has one '?'}}
    // expected-note@-2 {{replace 'String??' with 'String?'}} {{19-27=String?}}
}
