let greeting = "Hello"
let excited = "\(greeting)!"

@SyncModel
struct Defaults {
    var made = Date()
    // expected-error@-1 {{a default is a constant, and 'Date()' is none}}
    var token: UUID = UUID()
    // expected-error@-1 {{a default is a constant, and 'UUID()' is none}}
    var seen: Date? = .now
    // expected-error@-1 {{a default is a constant, and '.now' is none}}
    var later = Date.now
    // expected-error@-1 {{a default is a constant, and 'Date.now' is none}}
    var text = greeting
    // expected-error@-1 {{a default is a constant, and 'greeting' is none}}
    var length: Int = greeting.count
    // expected-error@-1 {{a default is a constant, and 'greeting.count' is none}}
    var shout = "\(greeting)!"
    // expected-error@-1 {{a default is a constant}}
    var sum = 1 + 2
    // expected-error@-1 {{a default is a constant, and '1 + 2' is none}}
    var tags: JSONValue = ["a", ["b": [JSONValue.null, excited.isEmpty ? 1 : 2]]]
    // expected-error@-1 {{a default is a constant}}
    var flag: Bool = { true }()
    // expected-error@-1 {{a default is a constant, and '{ true }()' is none}}
}
