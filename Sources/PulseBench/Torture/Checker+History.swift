extension Checker {
    /// How a finding came about, in the order of time: of its record, what its phone was told, and what became of its
    /// changes; the phone's connections and the faults meanwhile.
    package func history(of finding: Finding) -> [String] {
        guard let id = finding.record, let index = indices[id] else {
            return (finding.phone.map { Array(phoneEvents[$0].suffix(6)) } ?? []).map(\.line)
        }
        let concerned = records[index].events.filter { event in
            guard event.at <= finding.at, event.phone != finding.phone else { return event.at <= finding.at }
            return event.change.map(finding.changes.contains) == true && (finding.phone == nil || !event.kind.isShown)
        }
        guard let first = concerned.first?.at, let last = concerned.last?.at else { return [] }
        let phones = finding.phone.map { [$0] } ?? Set(finding.changes.map { writes[$0].phone }).sorted()
        var others = faults.filter { (first...last).contains($0.at) }
        for phone in phones {
            let events = phoneEvents[phone]
            // The connection that was open when it began, too.
            let start = events.lastIndex { $0.at <= first && $0.kind != .ended }.map { max(0, $0 - 1) } ?? 0
            others += events[start...].prefix { $0.at <= last }
        }
        return (others + concerned).sorted { $0.at < $1.at }.map(\.line)
    }
}
