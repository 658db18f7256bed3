import PulseRedis
import Testing

@Suite struct RedisAddressTests {
    @Test(arguments: [
        ("redis://localhost", "localhost", 6379, 0), ("redis://10.0.0.1:7000/", "10.0.0.1", 7000, 0),
        ("redis://redis.example:1/15", "redis.example", 1, 15), ("redis://[::1]:6380/2", "::1", 6380, 2),
    ])
    func `An address names host, port and database`(text: String, host: String, port: Int, database: Int) throws {
        let address = try #require(RedisAddress(text))
        #expect(address.place == .tcp(host: host, port: port))
        #expect(address.database == database)
        #expect(address.user == nil && address.password == nil)
    }

    @Test func `User and password are percent-decoded`() throws {
        let address = try #require(RedisAddress("redis://ann:p%40ss%3Aword@localhost"))
        #expect(address.user == "ann" && address.password == "p@ss:word")
        let anonymous = try #require(RedisAddress("redis://:secret@localhost/1"))
        #expect(anonymous.user == nil && anonymous.password == "secret")
    }

    @Test func `A socket in the file system is an address`() throws {
        #expect(RedisAddress("unix:///run/redis.sock")?.place == .unix(path: "/run/redis.sock"))
        let address = try #require(RedisAddress("unix://:secret@/run/redis.sock?db=3"))
        #expect(address.place == .unix(path: "/run/redis.sock"))
        #expect(address.database == 3 && address.password == "secret")
    }

    @Test(arguments: [
        "redis://ann:secret@localhost:1/2", "redis://:secret@localhost", "redis-cluster://:secret@localhost",
        "unix://:secret@/run/redis.sock?db=2",
    ])
    func `What is logged of an address has no user and no password`(text: String) throws {
        let description = try #require(RedisAddress(text)).description
        #expect(!description.contains("secret") && !description.contains("ann"))
    }

    @Test(arguments: [
        "", "localhost", "redis://", "redis:///0", "http://localhost", "rediss://localhost", "redis://localhost:0",
        "redis://localhost:65536", "redis://localhost/x", "redis://localhost/-1", "redis://localhost/1/2",
        "redis://localhost?db=1", "redis-cluster://localhost/1", "redis-cluster://", "redis://ann@localhost",
        "redis://localhost#1", "unix://", "unix://host/path",
        "unix:///path?other=1", "unix:///path?db=x", "redis://local\u{0}host",
    ])
    func `Anything else is no address`(text: String) {
        #expect(RedisAddress(text) == nil)
    }
}
