//! Where a webhook may send to: not into the internal network, unless the operator allows it. The name of a host can
//! become another address at any time, so each connection is checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use tokio::net::lookup_host;

/// The maximum length of a URL.
const MAX_URL_CHARS: usize = 2_000;

/// Parses the URL of a receiver.
///
/// # Errors
/// Why it is refused, for the operator.
pub fn parse_url(text: &str, internal: bool) -> Result<Url, String> {
    if text.chars().count() > MAX_URL_CHARS {
        return Err(format!("the URL has more than {MAX_URL_CHARS} characters"));
    }
    let url = Url::parse(text).map_err(|error| format!("this is not a URL: {error}"))?;
    match url.scheme() {
        "https" => {}
        "http" if internal => {}
        "http" => return Err("the URL must begin with https://, except with --internal".to_owned()),
        _ => return Err("the URL must begin with https://".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "the URL has a user name or a password; use a path that nobody guesses".to_owned()
        );
    }
    if url.fragment().is_some() {
        return Err("the URL has a part after '#', which is never sent".to_owned());
    }
    if !internal {
        check_literal(&url)?;
    }
    Ok(url)
}

/// Refuses a URL whose host is an internal address. Names of hosts are checked when they are resolved.
pub(super) fn check_literal(url: &Url) -> Result<(), String> {
    let address = url.host_str().map(|host| host.trim_matches(['[', ']']));
    match address.and_then(|host| host.parse::<IpAddr>().ok()) {
        Some(address) if !is_public(address) => Err(refusal(address)),
        _ => Ok(()),
    }
}

fn refusal(address: IpAddr) -> String {
    format!("{address} is not a public address; --internal allows it")
}

/// Resolves names to public addresses only.
#[derive(Debug)]
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = lookup_host((name.as_str(), 0)).await?.collect();
            // One internal address is enough to refuse a name: a public one beside it may be a trick.
            match found.iter().map(SocketAddr::ip).find(|address| !is_public(*address)) {
                Some(address) => Err(refusal(address).into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // This host, and what is reserved.
        || a == 0
        || a >= 240
        // Shared by the customers of a provider.
        || (a == 100 && (64..128).contains(&b))
        // Protocols, the anycast of relays, and measurements.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    match (a, b) {
        // 6to4: the address of version 4 is a part of it.
        (0x2002, _) => is_public_v4(Ipv4Addr::from((u32::from(b) << 16) | u32::from(c))),
        // Teredo and other protocols, and documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_public, parse_url};

    #[test]
    fn addresses_of_the_internal_network_are_not_public() {
        for address in [
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:0a00:0001::1",
            "3fff::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for address in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "2002:0101:0101::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_url_that_leads_into_the_internal_network_is_refused() {
        // URLs write one address in many ways.
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user:word@example.com/",
            "https://example.com/#a",
            "example.com",
            "",
        ] {
            assert!(parse_url(url, false).is_err(), "{url}");
        }
        assert!(parse_url("https://example.com:8443/hook?token=1", false).is_ok());
        assert!(parse_url("http://127.0.0.1:8080/hook", true).is_ok());
        assert!(parse_url("ftp://127.0.0.1/", true).is_err());
    }
}
