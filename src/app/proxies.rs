//! The proxies in front of the gateway, and the clients that they name.

use std::net::IpAddr;

use crate::config::IpNetwork;

/// The proxies whose headers are believed.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Vec<IpNetwork>);

impl TrustedProxies {
    /// The proxies in these networks.
    pub fn new(networks: Vec<IpNetwork>) -> Self {
        Self(networks)
    }

    /// Whether an address is that of a trusted proxy.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client of a request that a peer sent. Each proxy adds the address from which it got the
    /// request to the end of the list, so the client is the last address that is no trusted proxy. What
    /// stands before it may be made up. None is an entry that is no address.
    pub fn client(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    ) -> IpAddr {
        let mut client = peer;
        let mut hops = forwarded.rev();
        while self.trust(client) {
            match hops.next() {
                Some(Some(hop)) => client = hop.to_canonical(),
                Some(None) | None => break,
            }
        }
        client
    }
}
