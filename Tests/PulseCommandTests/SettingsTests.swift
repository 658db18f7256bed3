import ArgumentParser
import Logging
import PulseCommand
import Testing

@Suite("Settings")
struct SettingsTests {
    private func read(
        _ arguments: [String], own: Set<Setting> = [], environment: [String: String] = [:]
    ) async throws -> ServeSettings {
        try await ServeSettings.read(ServeOptions.parse(arguments), own: own, environment: environment)
    }

    private func problems(
        _ arguments: [String], own: Set<Setting> = [], environment: [String: String] = [:]
    ) async throws -> [String] {
        let options = try ServeOptions.parse(arguments)
        let error = try await #require(throws: SettingsError.self) {
            _ = try await ServeSettings.read(options, own: own, environment: environment)
        }
        return error.problems
    }

    @Test("what is not given has its default")
    func defaults() async throws {
        let settings = try await read(["--auth", "insecure"])
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8080)
        #expect(settings.store == .sqlite(path: "pulse.db"))
        #expect(settings.storeWait == .seconds(30))
        #expect(settings.redis == nil)
        #expect(settings.redisPrefix == "pulse")
        #expect(settings.schemaPath == nil)
        #expect(settings.path == "/ws/pulse/sync/")
        #expect(settings.authentication == [.insecure])
        #expect(settings.authHeaders == ["cookie", "authorization"])
        #expect(settings.authTimeout == .seconds(2))
        #expect(settings.authCache == .seconds(5))
        #expect(settings.authCookie == nil)
        #expect(settings.authGrace == .seconds(30))
        #expect(settings.adminToken == nil)
        #expect(settings.allowedOrigins == [])
        #expect(settings.trustedProxies == [])
        #expect(settings.tls == nil)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.metricsAddress == nil)
        #expect(settings.drain == .seconds(5))
        #expect(settings.drainDelay == .zero)
        #expect(settings.pingInterval == .seconds(25))
        #expect(!settings.compressesMessages)
        #expect(settings.limits == Limits())
        #expect(settings.limits[.batchItems] == 1_000)
        #expect(!settings.hasEchoEndpoint)
    }

    @Test("flag goes before environment, environment before file, file before default")
    func precedence() async throws {
        let file = "auth: insecure\nport: 1\nstore: sqlite:file.db\nlimit: {depth: 10, batch-items: 5}\nschema:\n"
        let settings = try await withFile(file) { path in
            try await read(
                ["--port", "3", "--config", path],
                environment: [
                    "PULSE_PORT": "2", "PULSE_LIMIT_DEPTH": "20", "PULSE_STORE": "", "PULSE_CONFIG": "/nowhere",
                ])
        }
        #expect(settings.port == 3)
        #expect(settings.limits[.depth] == 20)
        #expect(settings.limits[.batchItems] == 5)
        #expect(settings.limits[.messageBytes] == 1_048_576)
        #expect(settings.store == .sqlite(path: "file.db"))
        #expect(settings.schemaPath == nil)
    }

    @Test("every setting is read from the environment")
    func environment() async throws {
        let settings = try await read(
            ["--echo-endpoint"],
            environment: [
                "PULSE_HOST": "[::1]", "PULSE_PORT": "0", "PULSE_STORE": "sqlite:/var/p.db", "PULSE_SCHEMA": "s.yaml",
                "PULSE_STORE_WAIT": "0",
                "PULSE_PATH": "/sync", "PULSE_AUTH": "insecure", "PULSE_LOG_LEVEL": "DEBUG",
                "PULSE_ALLOWED_ORIGINS": "https://a.example, http://b.example:8081", "PULSE_PING_INTERVAL": "5",
                "PULSE_LIMIT_MESSAGE_BYTES": "4096", "PULSE_LIMIT_BATCH_ITEMS": "7", "PULSE_LIMIT_DEPTH": "8",
                "PULSE_AUTH_HEADERS": "X-Api-Key, Cookie", "PULSE_AUTH_TIMEOUT": "3", "PULSE_AUTH_CACHE": "0",
                "PULSE_AUTH_COOKIE": "auth",
                "PULSE_REDIS": "unix:///r.sock", "PULSE_REDIS_PREFIX": "a",
                "PULSE_COMPRESSION": "on",
                "PULSE_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "PULSE_TLS_CERTIFICATE": "c.pem", "PULSE_TLS_KEY": "k.pem",
                "PULSE_LIMIT_CONNECTIONS_PER_USER": "3",
                "PULSE_LOG_FORMAT": "json",
                "PULSE_METRICS_ADDRESS": "[::1]:9090", "PULSE_DRAIN": "0", "PULSE_DRAIN_DELAY": "3",
                "PULSE_AUTH_GRACE": "0", "PULSE_ADMIN_TOKEN": String(repeating: "x", count: 32),
            ])
        #expect(settings.host == "::1")
        #expect(settings.port == 0)
        #expect(settings.store == .sqlite(path: "/var/p.db"))
        #expect(settings.storeWait == .zero)
        #expect(settings.redis == "unix:///r.sock")
        #expect(settings.redisPrefix == "a")
        #expect(settings.schemaPath == "s.yaml")
        #expect(settings.path == "/sync")
        #expect(settings.authentication == [.insecure])
        #expect(settings.authHeaders == ["x-api-key", "cookie"])
        #expect(settings.authTimeout == .seconds(3))
        #expect(settings.authCache == .zero)
        #expect(settings.authCookie == "auth")
        #expect(settings.allowedOrigins == ["https://a.example", "http://b.example:8081"])
        #expect(settings.logLevel == .debug)
        #expect(settings.logFormat == .json)
        #expect(settings.metricsAddress == ListeningAddress("[::1]:9090"))
        #expect(settings.metricsAddress?.host == "::1")
        #expect(settings.drain == .zero)
        #expect(settings.drainDelay == .seconds(3))
        #expect(settings.pingInterval == .seconds(5))
        #expect(settings.compressesMessages)
        #expect(settings.trustedProxies == ["10.0.0.0/8", "::1"])
        #expect(settings.tls?.certificate == "c.pem")
        #expect(settings.tls?.key == "k.pem")
        #expect(
            settings.limits == Limits([.messageBytes: 4096, .batchItems: 7, .depth: 8, .connectionsPerUser: 3]))
        #expect(settings.authGrace == .zero)
        #expect(settings.adminToken?.text == String(repeating: "x", count: 32))
        #expect(settings.hasEchoEndpoint)
    }

    @Test("the admin token's file goes before the environment, and its last line break is no part of it")
    func adminTokenFile() async throws {
        let token = String(repeating: "y", count: 40)
        let settings = try await withFile(token + "\n") { path in
            try await read(
                ["--auth", "insecure", "--admin-token-file", path],
                environment: ["PULSE_ADMIN_TOKEN": String(repeating: "x", count: 32)])
        }
        #expect(settings.adminToken?.text == token)
    }

    @Test(
        "an admin token that can be guessed, or not be sent, is refused",
        arguments: [String(repeating: "x", count: 31), String(repeating: "x", count: 32) + " x", "\u{E9}x"])
    func badAdminToken(token: String) async throws {
        let rule = "must have at least 32 bytes, all of them visible ASCII"
        #expect(
            try await problems(["--auth", "insecure"], environment: ["PULSE_ADMIN_TOKEN": token])
                == ["PULSE_ADMIN_TOKEN: the token \(rule)"])
        #expect(
            try await problems(["--auth", "insecure", "--admin-token-file", "/nowhere"])
                == ["--admin-token-file: the file /nowhere cannot be read"])
    }

    @Test(
        "origins come as a list, with commas, or in several flags",
        arguments: [
            (["--allowed-origins", "https://a.example,https://b.example"], ""),
            (["--allowed-origins", "https://a.example", "--allowed-origins", "https://b.example"], ""),
            ([], "allowed-origins: [https://a.example, https://b.example]\n"),
            ([], "allowed-origins: https://a.example, https://b.example\n"),
        ])
    func origins(arguments: [String], file: String) async throws {
        let settings = try await withFile("auth: insecure\n" + file) { path in
            try await read(arguments + ["--config", path])
        }
        #expect(settings.allowedOrigins == ["https://a.example", "https://b.example"])
    }

    @Test(
        "a wrong flag is one line that names it",
        arguments: [
            (
                ["--metrics-address", "9090"],
                "--metrics-address: '9090' is no address; one looks like 127.0.0.1:9090"
            ),
            (
                ["--metrics-address", "::1:9"],
                "--metrics-address: '::1:9' is no address; one looks like 127.0.0.1:9090"
            ),
            (["--log-format", "xml"], "--log-format: 'xml' is neither text nor json"),
            (["--port", "abc"], "--port: 'abc' is not a number from 0 to 65535"),
            (["--port", "65536"], "--port: '65536' is not a number from 0 to 65535"),
            (["--port", "-1"], "--port: '-1' is not a number from 0 to 65535"),
            (
                ["--store", "pulse.db"],
                "--store: 'pulse.db' is no store; a store is sqlite:FILE or mongodb://HOST/DATABASE, where an '@' in a password is written as %40"
            ),
            (["--store-wait", "3601"], "--store-wait: '3601' is not a number from 0 to 3600"),
            (["--path", "ws"], "--path: 'ws' is no path; it begins with '/' and has no spaces, '?' or '#'"),
            (["--compression", "yes"], "--compression: 'yes' is neither on nor off"),
            (
                ["--log-level", "loud"],
                "--log-level: 'loud' is none of trace, debug, info, notice, warning, error, critical"
            ),
            (
                ["--allowed-origins", "example.com"],
                "--allowed-origins: 'example.com' is no origin; one looks like https://app.example.com"
            ),
            (["--host", ""], "--host: '' is no address"),
            (["--schema", ""], "--schema: '' is no name of a file"),
            (["--auth-headers", "a b"], "--auth-headers: 'a b' is no header field, or not one to forward"),
            (["--auth-headers", "Host"], "--auth-headers: 'Host' is no header field, or not one to forward"),
            (["--auth-cookie", "a=b"], "--auth-cookie: 'a=b' is no name of a cookie"),
            (["--auth-timeout", "0"], "--auth-timeout: '0' is not a number from 1 to 8"),
            (["--auth", "jwt", "--jwt-keys", "HS256:env:A"], "--auth: insecure takes any token, and so stands alone"),
            (["--limit", "depth=257"], "--limit depth: '257' is not a number from 4 to 256"),
            (["--tls-certificate", "c.pem"], "--tls-certificate: needs a tls-key beside it"),
            (["--tls-key", "k.pem"], "--tls-key: needs a tls-certificate beside it"),
            (["--limit", "depth"], "--limit depth: '' is not a number from 4 to 256"),
            (["--limit", "dept=8"], "--limit: there is no limit 'dept'; did you mean 'depth'?"),
        ])
    func wrongFlag(arguments: [String], line: String) async throws {
        let lines = try await problems(arguments + ["--auth", "insecure"])
        #expect(lines == [line])
    }

    @Test("a wrong environment variable is one line that names it")
    func wrongEnvironment() async throws {
        let lines = try await problems(["--auth", "insecure"], environment: ["PULSE_PORT": "abc"])
        #expect(lines == ["PULSE_PORT: 'abc' is not a number from 0 to 65535"])
    }

    @Test(
        "what is wrong in a file is told with its place",
        arguments: [
            ("port: abc\n", "1:7: port: 'abc' is not a number from 0 to 65535"),
            ("prot: 80\n", "1:1: there is no setting 'prot'; did you mean 'port'?"),
            ("port: [80]\n", "1:7: port: must be a single value, is a list"),
            ("host: {a: b}\n", "1:7: host: must be a single value, is a mapping"),
            ("allowed-origins: [[a]]\n", "1:19: allowed-origins: each of its values is a text, this is a list"),
            ("limit: {depth: 3}\n", "1:16: limit.depth: '3' is not a number from 4 to 256"),
            ("limit: {dept: 8}\n", "1:9: there is no limit 'dept'; did you mean 'depth'?"),
            ("limit: 8\n", "1:8: limits are written as 'depth: 32', one a line; this is a number"),
            ("port: 80\nport: 81\n", "2:1: the key 'port' stands here for the second time"),
            ("- port\n", "1:1: settings are written as 'port: 8080', one a line; this is a list"),
            ("port: [\n", "2:1: while parsing a flow node, did not find expected node content"),
        ])
    func wrongFile(text: String, line: String) async throws {
        try await withFile(text) { path in
            let lines = try await problems(["--auth", "insecure", "--config", path])
            #expect(lines == ["\(path):\(line)"])
        }
    }

    @Test("a file of comments is a file without settings")
    func emptyFile() async throws {
        try await withFile("# nothing yet\n") { path in
            let settings = try await read(["--auth", "insecure"], environment: ["PULSE_CONFIG": path])
            #expect(settings.port == 8080)
        }
    }

    @Test("a file that is not there is one line")
    func missingFile() async throws {
        let lines = try await problems(["--auth", "insecure", "--config", "/nowhere.yaml"])
        #expect(lines == ["/nowhere.yaml: cannot be read: No such file or directory"])
    }

    @Test("all problems are told at once")
    func several() async throws {
        let lines = try await problems(["--port", "x", "--auth", "magic"], environment: ["PULSE_LIMIT_DEPTH": "x"])
        #expect(
            lines == [
                "--port: 'x' is not a number from 0 to 65535",
                "--auth: 'magic' is no method; there are insecure, jwt and the URL of a backend: http(s)://HOST/PATH, without a user",
                "PULSE_LIMIT_DEPTH: 'x' is not a number from 4 to 256",
            ])
    }

    @Test("without a method of authentication nothing is served")
    func missingAuthentication() async throws {
        let lines = try await problems([])
        #expect(
            lines == [
                "auth is not set; the methods are insecure, jwt and the URL of a backend: http(s)://HOST/PATH, without a user"
            ])
    }

    @Test("methods keep their order, and may serve any address")
    func methods() async throws {
        let settings = try await read([
            "--auth", "jwt", "--jwt-keys", "HS256:env:A", "--auth", "https://a.example/", "--host", "0.0.0.0",
        ])
        #expect(settings.authentication.count == 2)
        #expect(settings.authentication.first == .jwt)
    }

    @Test("what a program brings itself need not be given; who is let in by its own rules may come from anywhere")
    func own() async throws {
        let settings = try await read(["--host", "0.0.0.0"], own: [.schema, .auth])
        #expect(settings.authentication == [])
        #expect(settings.schemaPath == nil)
    }

    @Test("what a program brings itself is refused, wherever it is given")
    func refusedOwn() async throws {
        try await withFile("schema: a.yaml\n") { path in
            let lines = try await problems(
                ["--config", path], own: [.schema, .auth], environment: ["PULSE_AUTH": "insecure"])
            #expect(
                lines == [
                    "\(path):1:9: schema: this program brings its own, and takes no other",
                    "PULSE_AUTH: this program brings its own, and takes no other",
                ])
        }
    }

    @Test(
        "without authentication only this machine is served",
        arguments: [
            "0.0.0.0", "::", "192.168.1.5", "example.com", "127.1", "localhost.example.com", "127.0.0.1.example.com",
        ])
    func openHost(host: String) async throws {
        let lines = try await problems(["--auth", "insecure", "--host", host])
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("--host: with auth insecure") == true)
    }

    @Test(
        "all of loopback is this machine",
        arguments: ["127.0.0.1", "127.255.0.3", "::1", "[::1]", "0:0:0:0:0:0:0:1", "LocalHost"])
    func loopback(host: String) async throws {
        _ = try await read(["--auth", "insecure", "--host", host])
    }

    @Test("the names of flags, variables and keys are those of the list", arguments: Setting.allCases)
    func names(setting: Setting) async throws {
        let help = Probe.helpMessage()
        #expect(help.contains("--\(setting.name) "))
        #expect(!help.contains("echo-endpoint"))
    }
}

/// A command with nothing but the options, for its help.
private struct Probe: ParsableCommand {
    @OptionGroup var options: ServeOptions
}
