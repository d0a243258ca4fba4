//! What a fake Asterisk has, and what it does when it is asked. Whatever is not one of the product's
//! own verbs is refused and remembered.

use super::{Shared, shapes};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A channel.
#[derive(Clone, Debug, Default)]
pub struct Chan {
    pub name: String,
    pub state: &'static str,
    pub number: String,
    /// The arguments of `Stasis()`, while it is in there.
    pub stasis: Option<Vec<String>>,
    pub music: bool,
    /// Where in the dialplan it was sent.
    pub went_to: Option<(String, String)>,
}

/// What a phone does when it is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phone {
    /// Somebody picks up.
    PicksUp,
    /// It ends with this cause (17 busy, 19 no answer, 20 absent, 21 refused).
    Ends(i32),
    /// It rings until it is hung up.
    Rings,
    /// There is none: 500.
    Missing,
}

#[derive(Default, Debug)]
pub struct State {
    pub channels: BTreeMap<String, Chan>,
    pub bridges: BTreeMap<String, BTreeSet<String>>,
    /// Where channels went that are not ours any more.
    pub gone_on: BTreeMap<String, (String, String)>,
    /// Every request: method, path, query.
    pub asked: Vec<(String, String, BTreeMap<String, String>)>,
    pub forbidden: Vec<String>,
    /// How many came over a WebSocket.
    pub over_websocket: usize,
    pub phones: BTreeMap<String, Phone>,
    /// Requests whose path ends so get this status.
    pub refuses: Vec<(&'static str, u16)>,
    /// Requests whose path ends so are never answered, so often.
    pub ignores: Vec<(&'static str, usize)>,
    /// The media channel does not come into Stasis.
    pub media_stuck: bool,
}

type Query = BTreeMap<String, String>;

impl Shared {
    /// One request; `None`: no answer, ever.
    pub fn handle(
        self: &Arc<Self>,
        method: &str,
        path: &str,
        query: &Query,
        over_websocket: bool,
    ) -> Option<(u16, Value)> {
        let mut state = self.state.lock().expect("no panic under the lock");
        state.asked.push((method.into(), path.into(), query.clone()));
        state.over_websocket += usize::from(over_websocket);
        if let Some((_, left)) =
            state.ignores.iter_mut().find(|(end, left)| path.ends_with(end) && *left > 0)
        {
            *left -= 1;
            return None;
        }
        if let Some((_, status)) = state.refuses.iter().find(|(end, _)| path.ends_with(end)) {
            return Some((*status, json!({ "message": "as scripted" })));
        }
        let pieces: Vec<String> = path.split('/').map(unescaped).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let word = |name: &str| query.get(name).cloned().unwrap_or_default();
        Some(match (method, pieces.as_slice()) {
            ("GET", ["asterisk", "info"]) => {
                (200, json!({ "system": { "version": self.version, "entity_id": "02:42" } }))
            }
            ("GET", ["channels"]) => {
                let all = state.channels.iter().map(|(id, chan)| shapes::channel(id, chan));
                (200, all.collect())
            }
            ("GET", ["bridges"]) => {
                (200, state.bridges.iter().map(|(id, inside)| shapes::bridge(id, inside)).collect())
            }
            ("POST", ["channels", "externalMedia"]) => self.external_media(&mut state, query),
            ("POST", ["channels", id, "answer"]) => match state.channels.get_mut(*id) {
                Some(chan) => {
                    chan.state = "Up";
                    (204, Value::Null)
                }
                None => missing(),
            },
            ("POST", ["channels", id, "continue"]) => {
                self.goes_on(&mut state, id, (word("context"), word("extension")))
            }
            ("POST" | "DELETE", ["channels", id, "moh"]) => match state.channels.get_mut(*id) {
                Some(chan) => {
                    chan.music = method == "POST";
                    (204, Value::Null)
                }
                None => missing(),
            },
            ("POST", ["channels", id]) => self.rings(&mut state, id, query),
            ("DELETE", ["channels", id]) => {
                if self.destroy(&mut state, id, 16) {
                    (204, Value::Null)
                } else {
                    missing()
                }
            }
            ("POST", ["bridges", id]) => {
                state.bridges.entry((*id).to_owned()).or_default();
                (200, shapes::bridge(id, &BTreeSet::new()))
            }
            ("DELETE", ["bridges", id]) => match state.bridges.remove(*id) {
                Some(_) => (204, Value::Null),
                None => missing(),
            },
            ("POST", ["bridges", id, "addChannel"]) => joins(&mut state, id, &word("channel")),
            ("POST", ["bridges", id, "removeChannel"]) => {
                match state.bridges.get_mut(*id).map(|inside| inside.remove(&word("channel"))) {
                    Some(true) => (204, Value::Null),
                    Some(false) => (422, json!({ "message": "Channel not in this bridge" })),
                    None => missing(),
                }
            }
            _ => {
                state.forbidden.push(format!("{method} {path}"));
                (405, json!({ "message": "not a verb of the product" }))
            }
        })
    }

    fn external_media(self: &Arc<Self>, state: &mut State, query: &Query) -> (u16, Value) {
        let id = query["channelId"].clone();
        let host = query["external_host"].clone();
        let uuid = query.get("data").cloned().unwrap_or_default();
        let name = format!("AudioSocket/{host}-{uuid}");
        let chan = Chan { name, state: "Down", ..Chan::default() };
        let answer = shapes::channel(&id, &chan);
        state.channels.insert(id.clone(), chan);
        let (shared, stuck) = (Arc::clone(self), state.media_stuck);
        // The race that a real one has: the answer comes before the channel is in Stasis.
        tokio::spawn(async move {
            if !shared.connect_media(&id, &host, &uuid).await {
                let mut state = shared.state.lock().expect("no panic under the lock");
                shared.destroy(&mut state, &id, 38);
            } else if !stuck {
                tokio::time::sleep(shared.stasis_delay).await;
                shared.enters(&id, Vec::new());
            }
        });
        (200, answer)
    }

    fn rings(self: &Arc<Self>, state: &mut State, id: &str, query: &Query) -> (u16, Value) {
        let phone = state.phones.get(&query["endpoint"]).copied().unwrap_or(Phone::Missing);
        if phone == Phone::Missing {
            return (500, json!({ "error": "Allocation failed" }));
        }
        let name = format!("{}-00000007", query["endpoint"]);
        let chan = Chan { name, state: "Ringing", ..Chan::default() };
        let answer = shapes::channel(id, &chan);
        state.channels.insert(id.to_owned(), chan);
        let (shared, id) = (Arc::clone(self), id.to_owned());
        let args = query["appArgs"].split(',').map(str::to_owned).collect();
        tokio::spawn(async move {
            tokio::time::sleep(shared.stasis_delay).await;
            match phone {
                Phone::PicksUp => shared.enters(&id, args),
                Phone::Ends(cause) => {
                    let mut state = shared.state.lock().expect("no panic under the lock");
                    shared.destroy(&mut state, &id, cause);
                }
                Phone::Rings | Phone::Missing => {}
            }
        });
        (200, answer)
    }

    /// A channel comes into the application.
    pub fn enters(&self, id: &str, args: Vec<String>) {
        let mut state = self.state.lock().expect("no panic under the lock");
        if let Some(chan) = state.channels.get_mut(id) {
            (chan.stasis, chan.state) = (Some(args), "Up");
            let told = shapes::stasis_start(id, chan);
            self.tell(&shapes::unheard_of());
            self.tell(&told);
        }
    }

    fn goes_on(&self, state: &mut State, id: &str, place: (String, String)) -> (u16, Value) {
        let Some(chan) = state.channels.get_mut(id) else { return missing() };
        if chan.stasis.take().is_none() {
            return (409, json!({ "message": "Channel not in Stasis application" }));
        }
        chan.went_to = Some(place.clone());
        self.tell(&shapes::stasis_end(id, chan));
        state.gone_on.insert(id.to_owned(), place);
        leave_bridges(state, id);
        (204, Value::Null)
    }

    /// A channel ends; false if there is none.
    pub fn destroy(&self, state: &mut State, id: &str, cause: i32) -> bool {
        let Some(mut chan) = state.channels.remove(id) else { return false };
        leave_bridges(state, id);
        if chan.stasis.take().is_some() {
            self.tell(&shapes::stasis_end(id, &chan));
        }
        self.tell(&shapes::destroyed(id, &chan, cause));
        self.drop_media(id);
        true
    }
}

fn missing() -> (u16, Value) {
    (404, json!({ "message": "not found" }))
}

fn leave_bridges(state: &mut State, id: &str) {
    for inside in state.bridges.values_mut() {
        inside.remove(id);
    }
}

fn joins(state: &mut State, bridge: &str, channels: &str) -> (u16, Value) {
    let wanted: Vec<String> = channels.split(',').map(str::to_owned).collect();
    for id in &wanted {
        match state.channels.get(id) {
            None => return (400, json!({ "message": "Channel not found" })),
            Some(chan) if chan.stasis.is_none() => {
                return (422, json!({ "message": "Channel not in Stasis application" }));
            }
            Some(_) => {}
        }
    }
    match state.bridges.get_mut(bridge) {
        Some(inside) => {
            inside.extend(wanted);
            (204, Value::Null)
        }
        None => missing(),
    }
}

fn unescaped(piece: &str) -> String {
    let bytes = piece.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = piece.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
