//! A network, such as 10.0.0.0/8.

use std::{net::IpAddr, str::FromStr};

/// An IPv4 or IPv6 network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNetwork {
    address: IpAddr,
    prefix: u32,
}

impl IpNetwork {
    /// Whether an address is in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32 - self.prefix;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - self.prefix;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for IpNetwork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| {
            format!("'{address}' is no IP address; write an address or a network as 10.0.0.0/8")
        })?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => {
                let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
                let number = prefix.parse().ok().filter(|number| digits && *number <= bits);
                number.ok_or_else(|| format!("'/{prefix}' must be from /0 to /{bits}"))?
            }
        };
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::IpNetwork;

    #[test]
    fn a_network_contains_the_addresses_with_its_prefix() {
        for (network, inside, outside) in [
            (
                "10.0.0.0/8",
                &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"][..],
                &["11.0.0.0", "::"][..],
            ),
            ("192.0.2.7", &["192.0.2.7"], &["192.0.2.6"]),
            ("192.0.2.5/31", &["192.0.2.4", "192.0.2.5"], &["192.0.2.6"]),
            ("0.0.0.0/0", &["255.1.2.3"], &["2001:db8::"]),
            ("2001:db8::/32", &["2001:db8:ffff::1"], &["2001:db9::", "10.0.0.1"]),
            ("::1", &["::1"], &["::2", "0.0.0.1"]),
            ("::/0", &["ffff::"], &["10.0.0.1"]),
        ] {
            let parsed: IpNetwork = network.parse().unwrap();
            let contains = |address: &&str| parsed.contains(address.parse().unwrap());
            assert!(inside.iter().all(contains) && !outside.iter().any(contains), "{network}");
        }
    }

    #[test]
    fn a_wrong_network_is_refused_with_a_correction() {
        for (text, message) in [
            ("", "is no IP address"),
            ("localhost", "'localhost' is no IP address"),
            ("10.0.0.0/", "from /0 to /32"),
            ("10.0.0.0/33", "from /0 to /32"),
            ("10.0.0.0/+8", "from /0 to /32"),
            ("10.0.0.0/255.0.0.0", "from /0 to /32"),
            ("::/129", "from /0 to /128"),
            ("10.0.0/8", "is no IP address"),
        ] {
            let error = text.parse::<IpNetwork>().unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
