//! The client of a request, as trusted proxies name it.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header::FORWARDED};

use crate::app::proxies::TrustedProxies;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// The address that the connection has, or that a trusted proxy names.
    pub(super) address: IpAddr,
    /// Whether the address seems to be that of a proxy that is not trusted, and so of many clients.
    pub(super) is_shared: bool,
}

impl Client {
    /// The client at the other end of a connection.
    pub(super) fn of_peer(peer: IpAddr) -> Self {
        Self { address: peer.to_canonical(), is_shared: false }
    }

    /// The client of a request that this peer sent.
    pub(super) fn behind(self, proxies: &TrustedProxies, headers: &HeaderMap) -> Self {
        let is_forwarded =
            headers.contains_key(&X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
        if !is_forwarded {
            return self;
        }
        let address = proxies.client(self.address, forwarded_for(headers).into_iter());
        let is_shared = address == self.address && is_private(address);
        Self { address, is_shared }
    }
}

/// The addresses from which proxies got a request, the nearest last. None is one that is no address.
fn forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = |name| headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
    if headers.contains_key(&X_FORWARDED_FOR) {
        return lines(&X_FORWARDED_FOR).flat_map(|line| line.split(',')).map(address).collect();
    }
    let hops = lines(&FORWARDED).flat_map(|line| line.split(','));
    hops.map(|hop| {
        let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
        let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        address(named.next()?.1.trim().trim_matches('"'))
    })
    .collect()
}

/// An address, perhaps in brackets, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
}

/// Whether an address is of this machine or of a private network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests;
