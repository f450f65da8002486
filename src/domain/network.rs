//! Addresses of clients.

use std::net::{IpAddr, Ipv6Addr};

/// The address by which a client is counted: with IPv6 its network, of which it can use every address.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::client_network;

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_network() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::"),
            ("::1", "::"),
        ] {
            let [address, network] = [address, network].map(|text| text.parse::<IpAddr>().unwrap());
            assert_eq!(client_network(address), network);
        }
    }
}
