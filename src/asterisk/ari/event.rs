//! What Asterisk tells. Unknown events and fields are nothing special: a newer Asterisk has more.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Who calls, as the network gave it. Empty if it did not.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Their name.
    pub name: String,
    /// Their number.
    pub number: String,
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Party(…)")
    }
}

/// Where in the dialplan a channel is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The extension.
    pub exten: String,
    /// The application that runs: `Stasis` while the channel is in ours, or somebody else's.
    pub app_name: String,
    /// Its arguments: `treadline,<uuid>,audiosocket`.
    pub app_data: String,
}

/// A channel of Asterisk's.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Unique within this Asterisk.
    pub id: String,
    /// `PJSIP/trunk-00000001`.
    pub name: String,
    /// `Ring`, `Up`, `Down`, …
    pub state: String,
    /// Who is at its far end.
    pub caller: Party,
    /// Where in the dialplan it is.
    pub dialplan: Place,
    /// The variables that `channelvars` of ari.conf names.
    pub channelvars: BTreeMap<String, serde_json::Value>,
}

/// A bridge of Asterisk's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Bridge {
    /// Ours if it is one of our names.
    pub id: String,
    /// The channels in it, by their ids.
    pub channels: Vec<String>,
}

/// An event. The ones that we do not act upon are all [`Event::Other`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// A channel has come into an application.
    StasisStart {
        /// Which application.
        #[serde(default)]
        application: String,
        /// What the dialplan gave.
        #[serde(default)]
        args: Vec<String>,
        /// The channel.
        channel: Channel,
    },
    /// A channel has left the application.
    StasisEnd {
        /// The channel.
        channel: Channel,
    },
    /// A channel is gone.
    ChannelDestroyed {
        /// Why, after Q.850.
        #[serde(default)]
        cause: i32,
        /// The channel.
        channel: Channel,
    },
    /// A key was pressed.
    ChannelDtmfReceived {
        /// The key.
        digit: String,
        /// On this channel.
        channel: Channel,
    },
    /// Another program has taken the application's name; from now on it gets the events.
    ApplicationReplaced {
        /// Which application.
        #[serde(default)]
        application: String,
    },
    /// The answer to a request that was sent over the WebSocket.
    #[serde(rename = "RESTResponse")]
    RestResponse {
        /// The request's id.
        request_id: String,
        /// As of HTTP.
        status_code: u16,
        /// JSON, or nothing.
        #[serde(default)]
        message_body: Option<String>,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

impl Event {
    /// The channel that it is about.
    #[must_use]
    pub const fn channel(&self) -> Option<&Channel> {
        match self {
            Self::StasisStart { channel, .. }
            | Self::StasisEnd { channel }
            | Self::ChannelDestroyed { channel, .. }
            | Self::ChannelDtmfReceived { channel, .. } => Some(channel),
            _ => None,
        }
    }
}

/// Asterisk's release, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The branch.
    pub major: u32,
    /// The release on it.
    pub minor: u32,
}

impl Version {
    /// Reads `22.10.1~dfsg+…`, `certified/20.7-cert2`; `None` for a build without a number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut numbers = text.split('.');
        let number = |part: Option<&str>| {
            let digits: String = part?.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u32>().ok()
        };
        let major = number(numbers.next())?;
        Some(Self { major, minor: number(numbers.next()).unwrap_or(0) })
    }

    /// AudioSocket carries 16 kHz under its own name (first releases: 20.17, 21.12, 22.7, 23.1).
    #[must_use]
    pub const fn has_wideband_audiosocket(self) -> bool {
        match self.major {
            20 => self.minor >= 17,
            21 => self.minor >= 12,
            22 => self.minor >= 7,
            23 => self.minor >= 1,
            major => major > 23,
        }
    }

    /// Keys come with the sound of AudioSocket (first releases: 20.14, 21.9, 22.4, 23.0). A build
    /// without a number counts as a new one: a key that came by two ways would count twice.
    #[must_use]
    pub const fn has_audiosocket_keys(self) -> bool {
        self.major == 0 || self.has_rest_over_websocket()
    }

    /// Requests may travel over the event WebSocket (first releases: 20.14, 21.9, 22.4, 23.0).
    #[must_use]
    pub const fn has_rest_over_websocket(self) -> bool {
        match self.major {
            20 => self.minor >= 14,
            21 => self.minor >= 9,
            22 => self.minor >= 4,
            major => major >= 23,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_events_and_fields_are_nothing_special() {
        let read = |text: &str| serde_json::from_str::<Event>(text).unwrap();
        assert_eq!(read(r#"{"type":"RadioCalled","volume":11}"#), Event::Other);
        let start = read(
            r#"{"type":"StasisStart","args":["u"],"new_field":{"a":1},"application":"treadline",
                "channel":{"id":"1.2","state":"Up","unheard_of":[1],
                "caller":{"name":"Jane","number":"+15551230001"},
                "dialplan":{"context":"in","exten":"1003","priority":3}}}"#,
        );
        let Event::StasisStart { args, channel, .. } = start else { panic!("{start:?}") };
        assert_eq!((args, channel.id.as_str()), (vec!["u".to_owned()], "1.2"));
        assert_eq!(channel.caller.number, "+15551230001");
        assert!(!format!("{channel:?}").contains("Jane"), "names stay out of log lines");
    }

    #[test]
    fn the_version_tells_what_asterisk_can() {
        for (text, rest, wideband) in [
            ("22.10.1~dfsg+~cs6.17.60671434-1", true, true),
            ("22.6.0", true, false),
            ("22.3.0", false, false),
            ("20.14.0", true, false),
            ("20.17.0", true, true),
            ("20.9.3", false, false),
            ("21.9.0", true, false),
            ("23.0.0", true, false),
            ("certified/20.7-cert2", false, false),
            ("18.26.1", false, false),
        ] {
            let version = Version::parse(text).unwrap();
            assert_eq!(version.has_rest_over_websocket(), rest, "{text}");
            assert_eq!(version.has_wideband_audiosocket(), wideband, "{text}");
            assert_eq!(version.has_audiosocket_keys(), rest, "{text}: the same releases");
        }
        assert_eq!(Version::parse("GIT-master-abc").map(|v| v.major), None);
    }

    const KEYS: &[&str] = &[
        "type",
        "StasisStart",
        "StasisEnd",
        "ChannelDestroyed",
        "Dial",
        "ChannelDtmfReceived",
        "channel",
        "peer",
        "id",
        "args",
        "caller",
        "number",
        "dialplan",
        "exten",
        "digit",
        "cause",
        "dialstatus",
        "channelvars",
        "bridge",
        "channels",
    ];

    proptest! {
        #[test]
        fn whatever_asterisk_sends_is_an_event_or_an_error(
            mut value in crate::fuzz::json(KEYS),
            kind in prop::sample::select(KEYS),
            version in ".{0,24}",
        ) {
            if let Some(fields) = value.as_object_mut() {
                fields.insert("type".into(), kind.into());
            }
            let _ = serde_json::from_str::<Event>(&value.to_string());
            let _ = Version::parse(&version);
        }
    }
}
