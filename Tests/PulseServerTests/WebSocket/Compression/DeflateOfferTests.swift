import PulseServer
import Testing

private let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
private let answerOfBounded = answer + "; server_max_window_bits=12"

private let accepted: [(fields: [String], answer: String)] = [
    (["permessage-deflate"], answer),
    (["permessage-deflate; client_max_window_bits"], answer),
    (["permessage-deflate;client_max_window_bits=15"], answer),
    (["permessage-deflate; client_max_window_bits=8"], answer),
    (["permessage-deflate; client_max_window_bits=\"10\""], answer),
    (["permessage-deflate; client_max_window_bits=\"1\\0\""], answer),
    (["permessage-deflate; server_no_context_takeover"], answer),
    (["permessage-deflate; client_no_context_takeover"], answer),
    (["permessage-deflate; server_no_context_takeover; client_no_context_takeover"], answer),
    (["permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"], answerOfBounded),
    (["permessage-deflate; server_max_window_bits=15"], answerOfBounded),
    (["permessage-deflate ;\tserver_max_window_bits = 13 "], answerOfBounded),
    (["permessage-deflate; server_max_window_bits=9, permessage-deflate"], answer),
    (["permessage-deflate; server_max_window_bits=99,permessage-deflate; server_max_window_bits=14"], answerOfBounded),
    (["permessage-deflate; x, permessage-deflate; client_max_window_bits"], answer),
    (["permessage-deflate, permessage-deflate; server_max_window_bits=12"], answer),
    (["x-webkit-deflate-frame, permessage-deflate"], answer),
    (["permessage-bzip2; level=9; \t name=\"a\\b\"", "permessage-deflate"], answer),
]

private let declined: [[String]] = [
    [],
    [""],
    [" "],
    ["x-webkit-deflate-frame"],
    ["Permessage-Deflate"],
    ["permessage-deflatex"],
    ["permessage-deflate; unknown"],
    ["permessage-deflate; unknown=1"],
    ["permessage-deflate; server_no_context_takeover=1"],
    ["permessage-deflate; client_no_context_takeover=\"true\""],
    ["permessage-deflate; server_no_context_takeover; server_no_context_takeover"],
    ["permessage-deflate; client_max_window_bits; client_max_window_bits=9"],
    ["permessage-deflate; server_max_window_bits=15; server_max_window_bits=15"],
    ["permessage-deflate; server_max_window_bits"],
    ["permessage-deflate; server_max_window_bits=7"],
    ["permessage-deflate; server_max_window_bits=8"],
    ["permessage-deflate; server_max_window_bits=11"],
    ["permessage-deflate; server_max_window_bits=16"],
    ["permessage-deflate; server_max_window_bits=99"],
    ["permessage-deflate; server_max_window_bits=012"],
    ["permessage-deflate; server_max_window_bits=+12"],
    ["permessage-deflate; server_max_window_bits=-12"],
    ["permessage-deflate; server_max_window_bits=1e1"],
    ["permessage-deflate; server_max_window_bits=99999999999999999999"],
    ["permessage-deflate; client_max_window_bits=7"],
    ["permessage-deflate; client_max_window_bits=16"],
    ["permessage-deflate; client_max_window_bits=08"],
    ["permessage-deflate; client_max_window_bits="],
    ["permessage-deflate; client_max_window_bits=\"\""],
    ["permessage-deflate; client_max_window_bits=\"10"],
    ["permessage-deflate; client_max_window_bits=\"10\"0"],
    ["permessage-deflate; client_max_window_bits=\"10\\"],
    ["permessage-deflate; client_max_window_bits=1 0"],
    ["permessage-deflate;"],
    ["permessage-deflate;;client_max_window_bits"],
    ["permessage-deflate; =10"],
    ["permessage-deflate client_max_window_bits"],
    ["permessage-deflate,"],
    [",permessage-deflate"],
    ["permessage-deflate", ""],
    ["permessage-deflate", "x=1"],
    ["permessage-deflate\u{E9}"],
    ["permessage-deflate; \"client_max_window_bits\""],
]

@Suite struct DeflateOfferTests {
    @Test(arguments: accepted)
    func `an offer in order is accepted`(fields: [String], answer: String) {
        #expect(DeflateOffer(firstAcceptableIn: fields)?.answer == answer)
    }

    @Test(arguments: declined)
    func `any other offer is declined`(fields: [String]) {
        #expect(DeflateOffer(firstAcceptableIn: fields) == nil)
    }
}
