//! The address that the server listens on.

use std::{fmt, net::Ipv6Addr, str::FromStr};

/// A host (a name or an IP address) and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// 0 is any free port.
    pub port: u16,
}

const EXAMPLES: &str = "127.0.0.1:8080 or localhost:8080 for this machine alone, \
                        0.0.0.0:8080 or [::]:8080 for every network";

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains('/') {
            return Err(format!("this is a URL or a path; write HOST:PORT: {EXAMPLES}"));
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return Err(format!("an IPv6 address must be in brackets: [{text}]:8080"));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => ("", text),
            None => return Err(format!("the port is missing: {text}:8080")),
        };
        if host.is_empty() {
            return Err(format!("the host is missing; write {EXAMPLES}"));
        }
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(host) if host.parse::<Ipv6Addr>().is_ok() => host,
            None if is_name(host) => host,
            Some(_) | None => return Err(format!("'{host}' is no host name and no IP address")),
        };
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| digits);
        let port = port.ok_or("the port is a number from 0 to 65535; 0 is any free port")?;
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(formatter, "[{host}]:{port}")
        } else {
            write!(formatter, "{host}:{port}")
        }
    }
}

/// Whether this could be a host name or an IPv4 address.
fn is_name(host: &str) -> bool {
    host.chars().all(|sign| sign.is_alphanumeric() || ['.', '-', '_'].contains(&sign))
}

#[cfg(test)]
mod tests {
    use super::ListenAddress;

    #[test]
    fn a_host_and_a_port_are_taken() {
        for (text, host, port) in [
            ("127.0.0.1:8080", "127.0.0.1", 8080),
            ("localhost:80", "localhost", 80),
            (" 0.0.0.0:0 ", "0.0.0.0", 0),
            ("[::1]:65535", "::1", 65_535),
            ("history.example.com:443", "history.example.com", 443),
        ] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!((&*address.host, address.port), (host, port), "{text}");
            assert_eq!(address.to_string(), text.trim());
        }
    }

    #[test]
    fn an_invalid_address_is_refused_with_a_correction() {
        for (text, message) in [
            (":8080", "the host is missing"),
            ("8080", "the host is missing"),
            ("", "the host is missing"),
            ("localhost", "the port is missing: localhost:8080"),
            ("::1", "[::1]:8080"),
            ("::1:8080", "[::1:8080]:8080"),
            ("[::1]", "no host name"),
            ("[localhost]:80", "no host name"),
            ("a b:80", "no host name"),
            ("http://localhost:8080", "this is a URL"),
            ("localhost:65536", "0 to 65535"),
            ("localhost:+80", "0 to 65535"),
            ("localhost:", "0 to 65535"),
            ("localhost:http", "0 to 65535"),
        ] {
            let error = text.parse::<ListenAddress>().unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
