//! Everything that we ever ask of Asterisk. What is not in this list cannot be asked: the rights of
//! an ARI user are wide, ours are these.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Changes nothing.
    Get,
    /// Makes or does something.
    Post,
    /// Ends something; again is the same.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Which Asterisk is this?
    Info,
    /// All channels.
    Channels,
    /// All bridges.
    Bridges,
    /// Picks up.
    Answer {
        /// Whose call.
        channel: String,
    },
    /// Ends a channel.
    HangUp {
        /// Which.
        channel: String,
    },
    /// Lets a channel go on in the dialplan.
    Continue {
        /// Which channel.
        channel: String,
        /// Where.
        context: String,
        /// A name of the configuration, or `s`.
        extension: String,
    },
    /// Makes a channel that carries audio to us.
    ExternalMedia {
        /// Its id, ours.
        channel: String,
        /// The application that it belongs to.
        app: String,
        /// How.
        media: MediaWay,
    },
    /// Rings a phone.
    Ring {
        /// The id of its channel, ours.
        channel: String,
        /// From the configuration.
        endpoint: String,
        /// The application that it comes to when somebody picks up.
        app: String,
        /// How long, seconds.
        ring_s: u64,
        /// The number that the phone shows: digits and a plus sign, or nothing.
        caller: String,
        /// The call, for whoever looks at the phone.
        call: String,
    },
    /// Music on hold for a channel.
    StartMusic {
        /// Which.
        channel: String,
    },
    /// Ends the music.
    StopMusic {
        /// For which channel.
        channel: String,
    },
    /// Makes a bridge.
    MakeBridge {
        /// Its id, ours.
        bridge: String,
    },
    /// Ends a bridge; the channels in it stay.
    EndBridge {
        /// Which.
        bridge: String,
    },
    /// Brings channels into a bridge.
    Join {
        /// Which bridge.
        bridge: String,
        /// Which channels.
        channels: Vec<String>,
    },
    /// Takes a channel out of a bridge.
    Part {
        /// Which bridge.
        bridge: String,
        /// Which channel.
        channel: String,
    },
}

/// What carries the audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaWay {
    /// Asterisk connects to our AudioSocket listener.
    Audiosocket {
        /// `host:port`.
        host: String,
        /// The call's UUID.
        uuid: String,
    },
    /// Asterisk connects to our media WebSocket.
    Websocket {
        /// The entry of `websocket_client.conf`.
        client: String,
        /// The call's UUID.
        uuid: String,
    },
}

/// A request as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// Its method.
    pub method: Method,
    /// The path below `/ari/`, escaped.
    pub path: String,
    /// The query.
    pub query: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<Value>,
}

impl Verb {
    /// The label of `treadline_ari_requests_total`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Channels => "channels",
            Self::Bridges => "bridges",
            Self::Answer { .. } => "answer",
            Self::HangUp { .. } => "hang_up",
            Self::Continue { .. } => "continue",
            Self::ExternalMedia { .. } => "external_media",
            Self::Ring { .. } => "ring",
            Self::StartMusic { .. } => "start_music",
            Self::StopMusic { .. } => "stop_music",
            Self::MakeBridge { .. } => "make_bridge",
            Self::EndBridge { .. } => "end_bridge",
            Self::Join { .. } => "join",
            Self::Part { .. } => "part",
        }
    }

    /// Once or twice is the same, so that it may be asked again when no answer came.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.wire().method != Method::Post || matches!(self, Self::Join { .. })
    }

    /// The request as it goes out.
    #[must_use]
    pub fn wire(&self) -> Wire {
        let (method, path, query, body) = match self {
            Self::Info => {
                (Method::Get, "asterisk/info".into(), vec![("only", "system".into())], None)
            }
            Self::Channels => (Method::Get, "channels".into(), vec![], None),
            Self::Bridges => (Method::Get, "bridges".into(), vec![], None),
            Self::Answer { channel } => plain(Method::Post, &["channels", channel, "answer"]),
            Self::HangUp { channel } => plain(Method::Delete, &["channels", channel]),
            Self::Continue { channel, context, extension } => (
                Method::Post,
                path(&["channels", channel, "continue"]),
                vec![
                    ("context", context.clone()),
                    ("extension", extension.clone()),
                    ("priority", "1".into()),
                ],
                None,
            ),
            Self::ExternalMedia { channel, app, media } => (
                Method::Post,
                "channels/externalMedia".into(),
                media_query(channel, app, media),
                None,
            ),
            Self::Ring { channel, endpoint, app, ring_s, caller, call } => {
                let mut query = vec![
                    ("endpoint", endpoint.clone()),
                    ("app", app.clone()),
                    ("appArgs", format!("operator,{call}")),
                    ("timeout", ring_s.to_string()),
                ];
                if !caller.is_empty() {
                    query.push(("callerId", caller.clone()));
                }
                let body = json!({ "variables": { "PJSIP_HEADER(add,X-Treadline-Call)": call } });
                (Method::Post, path(&["channels", channel]), query, Some(body))
            }
            Self::StartMusic { channel } => plain(Method::Post, &["channels", channel, "moh"]),
            Self::StopMusic { channel } => plain(Method::Delete, &["channels", channel, "moh"]),
            Self::MakeBridge { bridge } => (
                Method::Post,
                path(&["bridges", bridge]),
                vec![("type", "mixing".into()), ("name", bridge.clone())],
                None,
            ),
            Self::EndBridge { bridge } => plain(Method::Delete, &["bridges", bridge]),
            Self::Join { bridge, channels } => (
                Method::Post,
                path(&["bridges", bridge, "addChannel"]),
                vec![("channel", channels.join(","))],
                None,
            ),
            Self::Part { bridge, channel } => (
                Method::Post,
                path(&["bridges", bridge, "removeChannel"]),
                vec![("channel", channel.clone())],
                None,
            ),
        };
        Wire { method, path, query, body }
    }
}

type Parts = (Method, String, Vec<(&'static str, String)>, Option<Value>);

fn plain(method: Method, pieces: &[&str]) -> Parts {
    (method, path(pieces), vec![], None)
}

fn media_query(channel: &str, app: &str, media: &MediaWay) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("channelId", channel.to_owned()),
        ("app", app.to_owned()),
        ("format", "slin16".into()),
    ];
    match media {
        MediaWay::Audiosocket { host, uuid } => query.extend([
            ("external_host", host.clone()),
            ("encapsulation", "audiosocket".into()),
            ("transport", "tcp".into()),
            ("data", uuid.clone()),
        ]),
        MediaWay::Websocket { client, uuid } => query.extend([
            ("external_host", client.clone()),
            ("encapsulation", "none".into()),
            ("transport", "websocket".into()),
            ("connection_type", "client".into()),
            ("transport_data", format!("f(json)v(uuid={uuid})")),
        ]),
    }
    query
}

/// Pieces of a path, escaped: an id is Asterisk's, or was once part of a message.
fn path(pieces: &[&str]) -> String {
    let mut path = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            path.push('/');
        }
        escape(piece, &mut path);
    }
    path
}

/// Everything but letters, digits and `-._~` as `%41`.
pub(super) fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_become_another_path() {
        let verb = Verb::HangUp { channel: "../bridges/x?y".into() };
        assert_eq!(verb.wire().path, "channels/..%2Fbridges%2Fx%3Fy");
    }

    #[test]
    fn only_what_may_be_done_twice_is_asked_twice() {
        let channel = || "1.2".to_owned();
        let join = Verb::Join { bridge: "b".into(), channels: vec![channel()] };
        for verb in [Verb::Channels, Verb::HangUp { channel: channel() }, join] {
            assert!(verb.is_idempotent(), "{verb:?}");
        }
        let ring = Verb::Ring {
            channel: channel(),
            endpoint: "PJSIP/operator".into(),
            app: "treadline".into(),
            ring_s: 5,
            caller: String::new(),
            call: String::new(),
        };
        for verb in [ring, Verb::Answer { channel: channel() }] {
            assert!(!verb.is_idempotent(), "{verb:?}");
        }
    }
}
