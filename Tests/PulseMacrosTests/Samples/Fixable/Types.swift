import Foundation

@SyncModel
struct Measurement {
    var single: Float = 1
    // expected-error@-1 {{a field cannot be of type 'Float'; 'Double' holds its values}}
    // expected-note@-2 {{replace 'Float' with 'Double'}} {{17-22=Double}}
    var graphic: CGFloat?
    // expected-error@-1 {{a field cannot be of type 'CGFloat'; 'Double' holds its values}}
    // expected-note@-2 {{replace 'CGFloat' with 'Double'}} {{18-25=Double}}
    var small: Int8
    // expected-error@-1 {{a field cannot be of type 'Int8'; 'Int' holds its values}}
    // expected-note@-2 {{replace 'Int8' with 'Int'}} {{16-20=Int}}
    var qualified: Swift.UInt64 = 7
    // expected-error@-1 {{a field cannot be of type 'Swift.UInt64'; 'Int' holds its values}}
    // expected-note@-2 {{replace 'Swift.UInt64' with 'Int'}} {{20-32=Int}}
    var long: Optional<Int64>
    // expected-error@-1 {{a field cannot be of type 'Int64'; 'Int' holds its values}}
    // expected-note@-2 {{replace 'Int64' with 'Int'}} {{24-29=Int}}
    var letter: Character = "a"
    // expected-error@-1 {{a field cannot be of type 'Character'; 'String' holds its values}}
    // expected-note@-2 {{replace 'Character' with 'String'}} {{17-26=String}}
    var address: URL?
    // expected-error@-1 {{a field cannot be of type 'URL'; 'String' holds its values}}
    // expected-note@-2 {{replace 'URL' with 'String'}} {{18-21=String}}
}

@SyncModel
struct Collection {
    var list: [String] = ["a"]
    // expected-error@-1 {{a field cannot be of type '[String]'; 'JSONValue' holds its values}}
    // expected-note@-2 {{replace '[String]' with 'JSONValue'}} {{15-23=JSONValue}}
    var map: [String: Int]?
    // expected-error@-1 {{a field cannot be of type '[String: Int]'; 'JSONValue' holds its values}}
    // expected-note@-2 {{replace '[String: Int]' with 'JSONValue'}} {{14-27=JSONValue}}
    // swift-format-ignore
    var array: Array<Int> = []
    // expected-error@-1 {{a field cannot be of type 'Array<Int>'; 'JSONValue' holds its values}}
    // expected-note@-2 {{replace 'Array<Int>' with 'JSONValue'}} {{16-26=JSONValue}}
    // swift-format-ignore
    var dictionary: Dictionary<String, Int> = [:]
    // expected-error@-1 {{a field cannot be of type 'Dictionary<String, Int>'; 'JSONValue' holds its values}}
    // expected-note@-2 {{replace 'Dictionary<String, Int>' with 'JSONValue'}} {{21-44=JSONValue}}
    var set: Set<Int> = []
    // expected-error@-1 {{a field cannot be of type 'Set<Int>'; 'JSONValue' holds its values}}
    // expected-note@-2 {{replace 'Set<Int>' with 'JSONValue'}} {{14-22=JSONValue}}
}
