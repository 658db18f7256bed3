import PulseServer
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:C000:201", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
    ])
    func `an address is read, and written in its shortest form`(text: String, shortest: String) {
        #expect(IPAddress(text)?.description == shortest)
    }

    @Test(arguments: [
        "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1.2.3.4\0", "1.2.3.4\05", "0x7f.1",
        "2130706433", ":", ":::", "1::2::3", "::1%lo", "fe80::1%eth0", "[::1]", "localhost", "١.2.3.4",
    ])
    func `what is no address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:80", "192.0.2.1"), ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:65535", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
        ("192.0.2.1:", nil), ("192.0.2.1:x", nil), ("192.0.2.1:123456", nil), ("[192.0.2.1]", nil), ("[::1", nil),
        ("[::1]x", nil), ("[::1]:", nil), ("[", nil), ("]", nil), ("[]", nil), (":80", nil), ("unknown", nil),
        ("_hidden", nil), ("", nil), ("'192.0.2.1'", nil), ("::1]:80", nil),
    ])
    func `a proxy's spelling may have brackets and a port`(text: String, address: String?) {
        #expect(IPAddress(node: text[...])?.description == address)
    }

    @Test func `this machine is 127 and everything behind it, and 1`() throws {
        for text in ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"] {
            #expect(try #require(IPAddress(text)).isLoopback)
        }
        for text in ["126.255.255.255", "128.0.0.0", "::2", "::", "::7f00:1", "1::1"] {
            #expect(try #require(IPAddress(text)).isLoopback == false)
        }
    }

    @Test func `one client has one IPv4 address, or an IPv6 network of 64 bits`() throws {
        #expect(try #require(IPAddress("192.0.2.7")).network.description == "192.0.2.7")
        #expect(try #require(IPAddress("2001:db8:1:2:3:4:5:6")).network.description == "2001:db8:1:2::")
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
        ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("10.0.0.1/32", "10.0.0.0", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "203.0.113.9", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("::1", "::1", true), ("::1/128", "::2", false),
    ])
    func `a range holds what begins as it does`(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "::/129", "a/8", "10/8", "1.1.1.1/8/8",
    ])
    func `what is no range is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
