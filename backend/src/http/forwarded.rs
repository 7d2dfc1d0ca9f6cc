//! Behind a proxy: the address that a call came from is what the proxy says, and nobody else is believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;

use crate::config::Settings;

/// Puts the caller in the place of the proxy.
pub fn see_through(settings: &Settings, request: &mut Request) {
    let trusted = &settings.trusted_proxies;
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied()
        && let Some(caller) = caller(request.headers(), peer.ip(), trusted)
    {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, peer.port())));
    }
}

/// The last address of `X-Forwarded-For` that is not itself one of the proxies; the earlier ones are whatever the caller wrote.
fn caller(headers: &HeaderMap, peer: IpAddr, trusted: &[IpAddr]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.contains(&address.to_canonical());
    if !is_trusted(&peer) {
        return None;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut hops = lines.iter().flat_map(|line| line.split(',')).map(|hop| hop.trim().parse::<IpAddr>()).rev();
    // What is no address ends the way back: nothing before it can be believed.
    hops.find_map(|hop| match hop {
        Ok(address) if is_trusted(&address) => None,
        other => Some(other.ok()),
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_configured_proxy_is_believed_and_only_for_the_hop_before_it() {
        let of = |lines: &[&'static str], peer: &str, trusted: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
            caller(&headers, peer.parse().unwrap(), &trusted).map(|address| address.to_string())
        };
        let seen = |text: &str| Some(text.to_owned());
        assert_eq!(of(&["192.0.2.1"], "127.0.0.1", &[]), None);
        assert_eq!(of(&["192.0.2.1"], "198.51.100.1", &["127.0.0.1"]), None);
        assert_eq!(of(&["192.0.2.1"], "127.0.0.1", &["127.0.0.1"]), seen("192.0.2.1"));
        assert_eq!(of(&["192.0.2.1"], "::ffff:127.0.0.1", &["127.0.0.1"]), seen("192.0.2.1"));
        assert_eq!(of(&["10.9.9.9, 192.0.2.1"], "127.0.0.1", &["127.0.0.1"]), seen("192.0.2.1"), "the first was written by the caller");
        assert_eq!(of(&["192.0.2.1", "2001:db8::1, 10.0.0.2"], "10.0.0.1", &["10.0.0.1", "10.0.0.2"]), seen("2001:db8::1"));
        assert_eq!(of(&["192.0.2.1, unknown"], "127.0.0.1", &["127.0.0.1"]), None);
        assert_eq!(of(&[], "127.0.0.1", &["127.0.0.1"]), None);
    }
}
