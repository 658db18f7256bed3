import Foundation
import PulseMetrics

/// What the system knows of this process, under the names that Prometheus' own clients use.
enum ProcessMetrics {
    /// - Parameter version: of the program.
    static func register(in registry: MetricRegistry, version: String) {
        registry.gauge("pulse_build_info", "1, labelled with the version.", labels: [("version", version)]) { 1 }
        #if os(Linux)
            let start = startTime
            registry.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.") { start }
            registry.counter("process_cpu_seconds_total", "User and system CPU time.") {
                Double((field(14) ?? 0) + (field(15) ?? 0)) / ticksPerSecond
            }
            registry.gauge("process_resident_memory_bytes", "Memory that is in RAM.") {
                Double(field(24) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
            }
            registry.gauge("process_virtual_memory_bytes", "Memory that is addressed.") {
                Double(field(23) ?? 0)
            }
            registry.gauge("process_open_fds", "Files and sockets that are open.") {
                Double((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0)
            }
            registry.gauge("process_max_fds", "The most files and sockets that may be open.") {
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                return Double(limit.rlim_cur)
            }
        #endif
    }

    #if os(Linux)
        private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

        private static var startTime: Double {
            var uptime = timespec()
            clock_gettime(CLOCK_BOOTTIME, &uptime)
            let begun = Double(field(22) ?? 0) / ticksPerSecond
            return (Date().timeIntervalSince1970 - Double(uptime.tv_sec) + begun).rounded()
        }

        /// A number of `/proc/self/stat`, counted from 1. The second one is a name in parentheses that may hold anything.
        private static func field(_ number: Int) -> Int? {
            let text = text(of: "/proc/self/stat")
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[end...].split(separator: " ").dropFirst()
            return fields.dropFirst(number - 3).first.flatMap { Int($0) }
        }

        /// Files of `/proc` are small and never block.
        private static func text(of path: String) -> String {
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    #endif
}
