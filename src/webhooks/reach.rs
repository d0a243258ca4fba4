//! Which addresses may be reached: not those of our own network, unless the configuration says so.
//! Whoever may write an address must not be able to make this machine knock at its neighbours.

use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// How long a name may take to be looked up.
const LOOK_UP_MAX: Duration = Duration::from_secs(5);

/// Why an address is not called.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unreachable {
    /// It is no http or https address.
    #[error("the address must begin with https:// or http:// and name a host")]
    NoAddress,
    /// It holds a name or a password.
    #[error("the address must not hold a name or a password")]
    Credentials,
    /// The name has no address.
    #[error("{0} is not found")]
    Unknown(String),
    /// The name leads into a private network.
    #[error("{0} leads to {1}, which is no public address; webhooks.private_addresses allows some")]
    Private(String, IpAddr),
}

/// Decides what may be called.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    allowed: Vec<IpAddr>,
}

impl Reach {
    /// Public addresses, and these.
    #[must_use]
    pub const fn new(allowed: Vec<IpAddr>) -> Self {
        Self { allowed }
    }

    /// Reads an address as far as that needs no network.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn read(&self, url: &str) -> Result<Url, Unreachable> {
        let url = Url::parse(url).map_err(|_| Unreachable::NoAddress)?;
        if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
            return Err(Unreachable::NoAddress);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Unreachable::Credentials);
        }
        Ok(url)
    }

    /// Where a host is. Only these addresses are then connected to: a name that leads elsewhere a
    /// moment later does not help.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn find(&self, url: &Url) -> Result<Vec<SocketAddr>, Unreachable> {
        let host = url.host_str().ok_or(Unreachable::NoAddress)?;
        let port = url.port_or_known_default().ok_or(Unreachable::NoAddress)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let unknown = || Unreachable::Unknown(bare.clone());
        let looked = tokio::net::lookup_host((bare.as_str(), port));
        let found = tokio::time::timeout(LOOK_UP_MAX, looked).await.map_err(|_| unknown())?;
        let found: Vec<SocketAddr> = found.map_err(|_| unknown())?.collect();
        if found.is_empty() {
            return Err(unknown());
        }
        match found.iter().find(|at| !self.allows(at.ip())) {
            Some(at) => Err(Unreachable::Private(bare, at.ip())),
            None => Ok(found),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|allowed| allowed.to_canonical() == address) || is_public(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        // Shared by a provider's customers, for measurements, protocol assignments, reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only what is given out as global is; of that not what carries another address in it (6to4,
    // Teredo) or is for papers.
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        let reach = Reach::new(vec!["127.0.0.1".parse().unwrap()]);
        assert!(reach.allows("::ffff:127.0.0.1".parse().unwrap()), "the same in other clothes");
        assert!(!reach.allows("::ffff:127.0.0.2".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_host_that_is_written_strangely_is_still_what_it_is() {
        let reach = Reach::default();
        for url in [
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:8080/",
            "http://localhost/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            let read = reach.read(url).unwrap();
            let found = reach.find(&read).await.unwrap_err();
            assert!(matches!(found, Unreachable::Private(..)), "{url}: {found}");
        }
        for url in ["", "ftp://a.example/", "file:///etc/passwd", "https://", "example.com"] {
            assert_eq!(reach.read(url), Err(Unreachable::NoAddress), "{url}");
        }
        assert_eq!(reach.read("https://a:b@c.example/"), Err(Unreachable::Credentials));
    }
}
