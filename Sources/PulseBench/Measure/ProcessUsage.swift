#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Memory and processor time of one process, or of several together.
package struct ProcessUsage: Equatable, Sendable {
    package var residentKiB = 0
    /// User and system time since the process began.
    package var cpuSeconds = 0.0

    package init(residentKiB: Int = 0, cpuSeconds: Double = 0) {
        self.residentKiB = residentKiB
        self.cpuSeconds = cpuSeconds
    }

    /// Adds up what `/proc` says of the processes.
    ///
    /// - Throws: `BenchError` when one of them cannot be read.
    package static func read(_ pids: [Int32]) throws -> ProcessUsage {
        var total = ProcessUsage()
        for pid in pids {
            guard let status = SmallFile.text(of: "/proc/\(pid)/status"),
                let stat = SmallFile.text(of: "/proc/\(pid)/stat"),
                let resident = residentKiB(inStatus: status), let ticks = cpuTicks(inStat: stat)
            else {
                throw BenchError(.process, "Process \(pid) cannot be read in /proc.")
            }
            total.residentKiB += resident
            total.cpuSeconds += Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
        return total
    }

    package static func residentKiB(inStatus text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }) else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }

    /// `utime` and `stime`, fields 14 and 15; the name before them is in parentheses and may hold anything.
    package static func cpuTicks(inStat text: String) -> Int? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        return user + system
    }

    /// Processor time of this process itself.
    package static var ownCPUSeconds: Double {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #endif
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// Files that are read at once, 64 KiB of them at most.
enum SmallFile {
    /// nil when it cannot be read, or is empty.
    static func bytes(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let length = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        return length > 0 ? Array(bytes[..<length]) : nil
    }

    /// A file of `/proc` never blocks.
    static func text(of path: String) -> String? { bytes(of: path).map { String(decoding: $0, as: UTF8.self) } }
}

/// The limit on open files.
package enum OpenFiles {
    /// Raises the soft limit as far as the hard one goes, and returns it.
    @discardableResult
    package static func raiseLimit() -> Int {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(resource, &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }

    /// - Throws: `BenchError` when so many connections cannot be open at a time.
    static func require(_ connections: Int) throws {
        let limit = raiseLimit()
        guard limit == 0 || limit > connections + 50 else {
            throw BenchError(.badOption, "\(connections) connections need more open files than the \(limit) allowed.")
        }
    }
}
