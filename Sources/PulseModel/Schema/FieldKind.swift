/// What values a field holds, and in which form they travel and are stored.
public enum FieldKind: Sendable, Hashable {
    /// Text of at most `maxLength` Unicode scalars.
    case string(maxLength: Int)
    /// Text as long as a frame allows.
    case text
    /// `true` or `false`. `1` and `0` are taken for them.
    case bool
    /// A 64-bit signed integer.
    case int
    /// An IEEE 754 double; never NaN or infinite.
    case double
    /// A decimal number of at most `maxDigits` digits, `decimalPlaces` of them behind the point. Travels as a string
    /// with exactly that many places, as in `"9.90"`, and never passes through a binary fraction.
    case decimal(maxDigits: Int, decimalPlaces: Int)
    /// A calendar date: `"2026-02-28"`.
    case date
    /// A moment, brought to UTC: `"2026-02-28T12:00:00Z"`, with up to nine digits of a second's fraction.
    case dateTime
    /// A UUID in lower case with hyphens.
    case uuid
    /// Any JSON value, kept to the letter of its numbers.
    case json
    /// The key of another record: a model's record by sync id or `id`, or a plain key (an integer, or a string of at
    /// most 255 bytes) where no model is named. Not checked for existence: offline, the order of arrival is free.
    case reference(to: ModelName?)
}
