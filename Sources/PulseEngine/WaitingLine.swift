/// A line in which whoever came first goes first, and which anybody may leave. A pure value.
package struct WaitingLine<Element> {
    /// A place in the line.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    private var elements: [Int: Element] = [:]
    /// No place before this one is taken.
    private var first = 0
    private var next = 0

    package var count: Int { elements.count }
    package var isEmpty: Bool { elements.isEmpty }

    package mutating func append(_ element: Element) -> Ticket {
        defer { next += 1 }
        elements[next] = element
        return Ticket(number: next)
    }

    /// - Returns: who had the place; nil when it is not taken any more.
    package mutating func remove(_ ticket: Ticket) -> Element? {
        elements.removeValue(forKey: ticket.number)
    }

    /// Whoever has waited longest, with its ticket.
    package mutating func popFirst() -> (ticket: Ticket, element: Element)? {
        guard !elements.isEmpty else { return nil }
        while true {
            defer { first += 1 }
            if let element = elements.removeValue(forKey: first) { return (Ticket(number: first), element) }
        }
    }
}
