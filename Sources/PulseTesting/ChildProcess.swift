import Foundation
import Synchronization

/// A process that a test starts.
///
/// Foundation's `Process` crashes on Linux now and then when the test process has a thousand files open: it copies
/// entries of `/proc/self/fd` from beyond the end of a buffer.
package final class ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let id: pid_t
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - arguments: the program, looked for in `PATH`, and its arguments.
    ///   - input: what it reads; nothing where nil.
    ///   - output: where its output and errors go; nowhere where nil. No other file is handed on.
    package init(_ arguments: [String], input: FileHandle? = nil, output: FileHandle? = nil) throws {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (file, mode, standard) in [(input, O_RDONLY, 0), (output, O_WRONLY, 1), (output, O_WRONLY, 2)] {
            if let file {
                posix_spawn_file_actions_adddup2(&actions, file.fileDescriptor, Int32(standard))
            } else {
                posix_spawn_file_actions_addopen(&actions, Int32(standard), "/dev/null", mode, 0)
            }
        }
        #if canImport(Darwin)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        #else
            // Hidden from Swift behind a feature macro of glibc.
            typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
            guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
                throw Failure(description: "glibc 2.34 or newer is needed")
            }
            _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
        #endif
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var id = pid_t()
        let error = posix_spawnp(&id, arguments[0], &actions, &attributes, &argv, environ)
        guard error == 0 else {
            throw Failure(description: "\(arguments[0]) does not start: \(String(cString: strerror(error)))")
        }
        self.id = id
    }

    package func signal(_ number: Int32) {
        status.withLock { status in
            if status == nil { kill(id, number) }
        }
    }

    /// Waits until it has ended.
    ///
    /// - Returns: its exit status; that of a process which a signal ended is not 0.
    @discardableResult
    package func wait() -> Int32 {
        status.withLock { status in
            if let status { return status }
            var code: Int32 = 0
            while waitpid(id, &code, 0) == -1, errno == EINTR {}
            let result = code & 0x7f == 0 ? code >> 8 & 0xff : 128 + (code & 0x7f)
            status = result
            return result
        }
    }
}
