/// Looks for the highest rate that a server holds: doubles until one does not, or halves until one does, then halves
/// the distance twice, in ratio. It decides; somebody else tries.
package struct RateSearch {
    /// Below this no server is worth looking for.
    package static let lowest = 0.01
    /// Beyond this the load driver would be what is measured.
    package static let highest = 1_000_000.0

    /// The highest rate that was held.
    package private(set) var held: Double?
    private var failed: Double?
    private var refinements = 2
    /// What to try now; nil at the end.
    package private(set) var next: Double?

    package init(from rate: Double) {
        next = rate
    }

    /// Notes whether the rate that was tried was held.
    package mutating func tried(holds: Bool) {
        guard let rate = next else { return }
        if holds { held = rate } else { failed = rate }
        switch (held, failed) {
        case (let held?, let failed?):
            next = refinements > 0 ? (held * failed).squareRoot() : nil
            refinements -= 1
        case (let held?, nil):
            next = held * 2 <= Self.highest ? held * 2 : nil
        case (nil, let failed?):
            next = failed / 2 >= Self.lowest ? failed / 2 : nil
        case (nil, nil):
            next = nil
        }
    }
}
