import NIOCore
import NIOPosix

/// Many phones and their checker, all on one event loop.
final class Fleet {
    let plan: FleetPlan
    let loop: any EventLoop
    let addresses: [SocketAddress]
    private let began = NIODeadline.now()
    private var numbers: SeededNumbers
    var ids: SyncIDs
    var checker: Checker
    var tally = FleetTally()
    var recovery: Recovery?
    /// Nothing new is changed, and connections last.
    private(set) var isResting = false
    private(set) var isOver = false
    private(set) var phones: [Phone] = []
    /// A new phone of each user, which shows in the end what is stored.
    private var auditors: [Phone] = []
    /// Changes that are due, and until when they were counted.
    private var due = 0.0
    private var lastTick = 0.0

    init(_ plan: FleetPlan, on loop: any EventLoop, at addresses: [SocketAddress]) {
        self.plan = plan
        self.loop = loop
        self.addresses = addresses
        numbers = SeededNumbers(seed: plan.seed)
        ids = SyncIDs(seed: plan.seed ^ UInt64(plan.firstUser))
        let auditors = (0..<plan.users).map(plan.user)
        checker = Checker(users: (0..<plan.phones).map(plan.user) + auditors)
        phones = (0..<plan.phones).map { Phone($0, of: self, numbers: numbers.fork()) }
    }

    /// Nanoseconds since the fleet began.
    var now: Int64 { (NIODeadline.now() - began).nanoseconds }
    var seconds: Double { Double(now) / 1e9 }

    @discardableResult
    func after(_ seconds: Double, _ body: @escaping () -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: .seconds(of: seconds), body)
    }

    // MARK: the load

    func start() {
        for phone in phones { phone.connect(in: numbers.pick(0...1) * plan.ramp) }
    }

    /// Begins to change records.
    func load() {
        lastTick = seconds
        tick()
    }

    private func tick() {
        guard !isResting else { return }
        let now = seconds
        due += plan.rate * (now - lastTick) * (phones.first?.habit.activity(at: now) ?? 1)
        lastTick = now
        while due >= 1 {
            due -= 1
            phones.randomElement(using: &numbers)?.change()
        }
        after(0.005) { self.tick() }
    }

    func rest() {
        isResting = true
        for phone in phones { phone.connect() }
    }

    /// Connects a new phone of every user.
    func audit() {
        auditors = (0..<plan.users).map {
            Phone(plan.phones + $0, of: self, numbers: numbers.fork(), habit: .steady, user: plan.user(of: $0))
        }
        for auditor in auditors { auditor.connect() }
    }

    func end() {
        isOver = true
        for phone in phones + auditors { phone.session?.hangUp() }
    }

    // MARK: what happens

    func answered(_ answer: Checker.Answer, to change: Change, of phone: Phone) {
        let now = now
        checker.answered(answer, to: change, of: phone.number, at: now)
        let write = checker.writes[change.number]
        if phone.habit.isAttentive { tally.acked(nanoseconds: now - write.since) }
        // A change that was sent before may have been stored before the fault.
        if answer == .success, write.sends == 1 {
            recovery?.acked(at: write.worker, sentAt: write.sentAt, now: now)
        }
    }

    func saw(_ update: RecordUpdate, at phone: Phone, _ session: PhoneSession, _ now: Int64) {
        tally.updates += 1
        guard !update.isDelta, let write = checker.origin(of: update) else { return }
        if write.sends == 1 {
            recovery?.pushed(at: session.worker, from: write.worker, sentAt: write.sentAt, now: now)
        }
        if write.sentAt > session.openedAt, phone.habit.isAttentive, phones[write.phone].habit.isAttentive {
            tally.pushed(nanoseconds: now - write.since)
        }
    }

    // MARK: the end

    var unfinished: Int { phones.count { !$0.isDone } + auditors.count { !$0.isDone } }
    var online: Int { phones.count { $0.session != nil } }

    private var holdings: [Checker.Holding] {
        phones.map { Checker.Holding(phone: $0.number, storage: $0.storage) }
    }

    private var stored: [Int64: PhoneStorage] {
        Dictionary(uniqueKeysWithValues: auditors.map { ($0.user, $0.storage) })
    }

    var hasConverged: Bool { checker.hasConverged(holdings, stored: stored) }

    func judge() { checker.finish(holdings, stored: stored) }
}
