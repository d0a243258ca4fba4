//! The sections about Asterisk and about people who take calls.

use crate::shop::WeekHours;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What carries the audio of a call that came over ARI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum AriMedia {
    /// Asterisk connects to the AudioSocket listener.
    #[default]
    Audiosocket,
    /// Asterisk connects to the media WebSocket.
    Websocket,
}

/// `[ari]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ari {
    /// Whether calls come over ARI at all.
    pub enabled: bool,
    /// Base of Asterisk's HTTP server.
    pub url: String,
    /// User of `ari.conf`; the password is `TREADLINE_ARI_PASSWORD`.
    pub user: String,
    /// The Stasis application.
    pub app: String,
    /// For calls whose dialplan does not say.
    pub media: AriMedia,
    /// Where Asterisk finds the AudioSocket listener; empty: `audiosocket.listen`.
    pub audiosocket: String,
    /// The entry of `websocket_client.conf` that leads to the media WebSocket.
    pub websocket_client: String,
    /// Where Asterisk's own ARI WebSocket may connect to; empty: nowhere, we connect to `url`.
    pub listen: String,
    /// The context of calls that cannot be served, extension `s`.
    pub fallback_context: String,
    /// The context of calls that are handed over, extension = the target's name.
    pub transfer_context: String,
}

impl Default for Ari {
    fn default() -> Self {
        Self {
            enabled: false,
            url: "http://127.0.0.1:8088".into(),
            user: "treadline".into(),
            app: "treadline".into(),
            media: AriMedia::Audiosocket,
            audiosocket: String::new(),
            websocket_client: "treadline_media".into(),
            listen: String::new(),
            fallback_context: "treadline-fallback".into(),
            transfer_context: "treadline-transfer".into(),
        }
    }
}

impl Ari {
    /// The address to listen on for Asterisk's own connection; none if we connect.
    #[must_use]
    pub fn listen_address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

/// How a person is brought to a call that came over ARI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum TransferKind {
    /// The caller goes on in the dialplan; what becomes of them is its affair.
    Blind,
    /// The person's phone rings; who picks up is with the caller at once.
    Bridge,
    /// Who picks up first hears what the call is about, and takes or refuses it.
    #[default]
    Warm,
}

/// What the caller hears while a phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Meanwhile {
    /// Music on hold.
    #[default]
    Music,
    /// The agent's line: quiet.
    Agent,
}

/// `[[transfer.targets]]`: a person or group whose phone we may ring ourselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Target {
    /// One of `transfer.allowed`.
    pub name: String,
    /// What Asterisk rings, for example `PJSIP/operator`.
    pub endpoint: String,
    /// How.
    pub kind: TransferKind,
    /// How long the phone rings, seconds.
    pub ring_s: u64,
    /// What the caller hears meanwhile.
    pub meanwhile: Meanwhile,
    /// When somebody is there, `mon-fri 09:00-18:00`, on the shop's wall; empty: always.
    pub hours: Vec<String>,
    /// The e-mail of the account whose own phone this is; empty: nobody's.
    pub user: String,
}

impl Default for Target {
    fn default() -> Self {
        Self {
            name: "operator".into(),
            endpoint: "PJSIP/operator".into(),
            kind: TransferKind::Warm,
            ring_s: 25,
            meanwhile: Meanwhile::Music,
            hours: Vec::new(),
            user: String::new(),
        }
    }
}

impl Target {
    /// The hours; a stretch that cannot be read is left out (the check has named it).
    #[must_use]
    pub fn week(&self) -> WeekHours {
        WeekHours(self.hours.iter().filter_map(|text| text.parse().ok()).collect())
    }
}

/// `[transfer]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transfer {
    /// Names that `/next` may answer; the dialplan turns them into extensions.
    pub allowed: Vec<String>,
    /// How soon a callback is promised when nobody could be reached, minutes of working hours.
    pub callback_min: u64,
    /// Phones that we ring ourselves, for calls that came over ARI. Other names go by the dialplan.
    pub targets: Vec<Target>,
}

impl Default for Transfer {
    fn default() -> Self {
        Self {
            allowed: vec!["operator".into()],
            callback_min: 30,
            targets: vec![Target::default()],
        }
    }
}

impl Transfer {
    /// Where a call goes that the account with this e-mail takes over: to the phone of their own,
    /// else to the first name of the allow-list.
    #[must_use]
    pub fn own_of(&self, email: &str) -> Option<&str> {
        let own = self.targets.iter().find(|target| {
            !target.user.is_empty()
                && target.user.eq_ignore_ascii_case(email)
                && self.allowed.contains(&target.name)
        });
        own.map(|target| target.name.as_str()).or_else(|| self.allowed.first().map(String::as_str))
    }

    /// The phone of a target, if we may ring it.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.name == name)
    }
}
