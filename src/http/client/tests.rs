use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};

use super::Client;
use crate::app::proxies::TrustedProxies;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// The client with the proxies 10.0.0.0/8 and ::1.
fn client(peer: &str, lines: &[(&'static str, &str)]) -> (String, bool) {
    let proxies = TrustedProxies::new(["10.0.0.0/8", "::1"].map(|it| it.parse().unwrap()).into());
    let peer = Client::of_peer(peer.parse::<IpAddr>().unwrap());
    let client = peer.behind(&proxies, &headers(lines));
    (client.address.to_string(), client.is_shared)
}

#[test]
fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
    const XFF: &str = "x-forwarded-for";
    for (peer, lines, expected) in [
        ("192.0.2.1", &[][..], "192.0.2.1"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &[(XFF, "192.0.2.9")], "192.0.2.9"),
        ("::ffff:10.0.0.1", &[(XFF, "192.0.2.9")], "192.0.2.9"),
        ("::1", &[(XFF, "2001:db8::7")], "2001:db8::7"),
        // What stands before it is made up by the client.
        ("10.0.0.1", &[(XFF, "1.1.1.1, 192.0.2.9, 10.0.0.2")], "192.0.2.9"),
        ("10.0.0.1", &[(XFF, "1.1.1.1"), (XFF, "192.0.2.9"), (XFF, "10.0.0.2")], "192.0.2.9"),
        ("10.0.0.1", &[(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
        ("10.0.0.1", &[(XFF, "192.0.2.9:1234")], "192.0.2.9"),
        ("10.0.0.1", &[(XFF, "[2001:db8::7]:1234, 10.0.0.2:80")], "2001:db8::7"),
        // What a proxy writes in place of an address does not name a client.
        ("10.0.0.1", &[(XFF, "1.1.1.1, unknown")], "10.0.0.1"),
        ("10.0.0.1", &[(XFF, "1.1.1.1, x, 10.0.0.2")], "10.0.0.2"),
        ("10.0.0.1", &[(XFF, "")], "10.0.0.1"),
        // A client that is no proxy names only itself.
        ("192.0.2.1", &[(XFF, "1.1.1.1")], "192.0.2.1"),
        ("192.0.2.1", &[(XFF, "10.0.0.1")], "192.0.2.1"),
        ("10.0.0.1", &[("forwarded", "for=1.1.1.1, for=192.0.2.9;proto=https")], "192.0.2.9"),
        ("10.0.0.1", &[("forwarded", "proto=http; For=\"[2001:db8::7]:47\"")], "2001:db8::7"),
        ("10.0.0.1", &[("forwarded", "for=_hidden")], "10.0.0.1"),
        ("10.0.0.1", &[("forwarded", "for=1.1.1.1"), (XFF, "192.0.2.9")], "192.0.2.9"),
    ] {
        assert_eq!(client(peer, lines).0, expected, "{peer} {lines:?}");
    }
}

#[test]
fn a_private_address_that_forwards_requests_is_that_of_a_proxy() {
    let forwarded = [("x-forwarded-for", "192.0.2.9")];
    for (peer, lines, is_shared) in [
        ("172.17.0.1", &forwarded[..], true),
        ("127.0.0.1", &forwarded, true),
        ("fd00::1", &forwarded, true),
        ("172.17.0.1", &[], false),
        ("10.0.0.1", &forwarded, false),
        ("192.0.2.1", &forwarded, false),
    ] {
        assert_eq!(client(peer, lines).1, is_shared, "{peer} {lines:?}");
    }
}
