//! The ARI client against a fake Asterisk: connections, races, orphans, transfers. The fake refuses
//! every request that is not one of the product's own verbs.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::agent;

mod beside;
mod calls;
mod connect;
mod fake;
mod orphans;
mod outbound;
mod pops;
mod product;
mod transfers;

use fake::{Fake, PASSWORD, until};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::ari::{Ari, Media, Options};
use treadline::asterisk::registry::{Admission, Registry, RegistryOptions};
use uuid::Uuid;

/// The ARI side of the product, without the rest of it.
pub(crate) struct Desk {
    pub(crate) ari: Ari,
    pub(crate) registry: Arc<Registry>,
    _stop: DropGuard,
}

pub(crate) fn options(url: String) -> Options {
    Options {
        url,
        user: "treadline".into(),
        password: PASSWORD.into(),
        app: "treadline".into(),
        media: Media::Audiosocket,
        audiosocket_host: "127.0.0.1:9".into(),
        websocket_client: "treadline_media".into(),
        listen: None,
        fallback_context: "treadline-fallback".into(),
        transfer_context: "treadline-transfer".into(),
        targets: vec!["operator".into(), "storage".into()],
    }
}

impl Desk {
    pub(crate) async fn with(options: Options) -> Self {
        let registry = Registry::new(RegistryOptions {
            trusted_peers: Vec::new(),
            calls_max: 20,
            registration_lives: Duration::from_mins(2),
            overflow_next: "operator".into(),
        });
        let stop = CancellationToken::new();
        let ari = Ari::start(options, Arc::clone(&registry), stop.clone()).await.unwrap();
        Self { ari, registry, _stop: stop.drop_guard() }
    }

    /// Connected with `fake`, which has told what there is.
    pub(crate) async fn at(fake: &Fake) -> Self {
        let desk = Self::with(options(fake.url())).await;
        until("the state was asked for", || fake.asked("GET", "channels") > 0).await;
        desk
    }

    /// The leg of a call, as its listener admits it.
    pub(crate) fn admit(&self, id: Uuid) -> Admission {
        let peer = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000);
        self.registry.admit(peer, id).unwrap()
    }

    /// A caller who talks with the agent: the channels of caller and media, and the leg.
    pub(crate) async fn talking(&self, fake: &Fake) -> Talk {
        let id = Uuid::new_v4();
        let caller = fake.caller_comes(&[&id.to_string(), "audiosocket"]);
        let media = format!("treadline-media-{id}");
        until("caller and agent talk", || fake.talk_together(&[&caller, &media])).await;
        Talk { id, caller, media, leg: self.admit(id) }
    }
}

/// A call that talks.
pub(crate) struct Talk {
    pub(crate) id: Uuid,
    pub(crate) caller: String,
    pub(crate) media: String,
    pub(crate) leg: Admission,
}
