import Foundation

protocol Named: Sendable {}

@SyncModel
struct Types {
    var data: Data
    // expected-error@-1 {{a field cannot hold Data: keep its Base64 text, or its address, in a String}}
    var any: Any
    // expected-error@-1 {{a field cannot be of type 'Any'}}
    // expected-error@-2 {{non-Sendable type 'Any'}}
    var pair: (Int, Int)
    // expected-error@-1 {{a field cannot be of type '(Int, Int)'}}
    var function: @Sendable () -> Void
    // expected-error@-1 {{a field cannot be of type '@Sendable () -> Void'}}
    var existential: any Named
    // expected-error@-1 {{a field cannot be of type 'any Named'}}
    var parenthesized: (any Named)?
    // expected-error@-1 {{a field cannot be of type 'any Named'}}
    var type: Int.Type
    // expected-error@-1 {{a field cannot be of type 'Int.Type'}}
}
