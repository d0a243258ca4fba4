//! A caller who came into our Stasis application: who they are, and what carries their audio.

use super::event::{Channel, Party};
use crate::asterisk::registry::Registration;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Longest text of one fact, characters, and the most facts: as for a registration over HTTP.
const FACT_CHARS_MAX: usize = 256;
const FACTS_MAX: usize = 32;

/// What carries the audio of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Asterisk connects to our AudioSocket listener.
    Audiosocket,
    /// Asterisk connects to our media WebSocket.
    Websocket,
}

/// A caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrival {
    pub(super) registration: Registration,
    /// Asterisk's id of the caller's channel.
    pub(super) channel: String,
    pub(super) is_up: bool,
    pub(super) media: Media,
}

impl Arrival {
    /// Reads `Stasis(treadline,<uuid>,<media>,name=value,…)`. What is missing is made up: a UUID
    /// of our own, the medium of the configuration.
    pub(super) fn read(channel: &Channel, args: &[String], default: Media) -> Self {
        let id = args.first().and_then(|text| Uuid::try_parse(text.trim()).ok());
        let id = id.filter(|id| !id.is_nil()).unwrap_or_else(Uuid::new_v4);
        let media = match args.get(1).map(|text| text.trim()) {
            Some("audiosocket") => Media::Audiosocket,
            Some("websocket") => Media::Websocket,
            Some("") | None => default,
            Some(other) => {
                let word: String = other.chars().filter(char::is_ascii_alphanumeric).collect();
                tracing::warn!(word, "the second argument of Stasis() is no medium");
                default
            }
        };
        let mut data = Map::new();
        for (name, value) in &channel.channelvars {
            if let Some(value) = value.as_str() {
                add(&mut data, name, value);
            }
        }
        for (name, value) in args.iter().skip(2).filter_map(|fact| fact.split_once('=')) {
            add(&mut data, name, value);
        }
        let mut take = |name: &str| match data.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (told, number) = (take("called"), number(&channel.caller));
        let called = told.or_else(|| text(&channel.dialplan.exten));
        Self {
            registration: Registration {
                uuid: id,
                caller: number,
                called,
                name: text(&channel.caller.name),
                channel: text(&channel.id),
                data,
            },
            channel: channel.id.clone(),
            is_up: channel.state == "Up",
            media,
        }
    }
}

/// The number as the network gave it, signs of formatting left out; "anonymous" is none.
fn number(caller: &Party) -> Option<String> {
    let kept: String =
        caller.number.chars().filter(|c| c.is_ascii_digit() || *c == '+').take(32).collect();
    (!kept.is_empty()).then_some(kept)
}

fn text(given: &str) -> Option<String> {
    let kept: String = given.chars().filter(|c| !c.is_control()).take(FACT_CHARS_MAX).collect();
    let kept = kept.trim().to_owned();
    (!kept.is_empty()).then_some(kept)
}

fn add(data: &mut Map<String, Value>, name: &str, value: &str) {
    if let (Some(name), Some(value)) = (text(name), text(value))
        && data.len() < FACTS_MAX
    {
        data.insert(name, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn channel() -> Channel {
        serde_json::from_value(json!({
            "id": "1732262400.12", "name": "PJSIP/trunk-00000001", "state": "Ring",
            "caller": { "name": "Jane\u{7} Caller", "number": "+380 67 123-45-67" },
            "dialplan": { "exten": "1003" },
            "channelvars": { "QUEUE": "7", "EMPTY": "" },
        }))
        .unwrap()
    }

    fn read(args: &[&str]) -> Arrival {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Arrival::read(&channel(), &args, Media::Audiosocket)
    }

    #[test]
    fn the_dialplan_the_network_and_the_variables_say_who_calls() {
        let id = "6f1c2b1e-0000-4000-8000-000000000001";
        let arrival = read(&[id, "websocket", "called=+380441234567", "language=uk"]);
        let registration = arrival.registration;
        assert_eq!((registration.uuid.to_string().as_str(), arrival.media), (id, Media::Websocket));
        assert_eq!(registration.caller.as_deref(), Some("+380671234567"));
        assert_eq!(registration.called.as_deref(), Some("+380441234567"));
        assert_eq!(registration.name.as_deref(), Some("Jane Caller"));
        assert_eq!(Value::Object(registration.data), json!({ "QUEUE": "7", "language": "uk" }));
    }

    #[test]
    fn what_is_missing_or_nonsense_is_made_up() {
        for args in [&[][..], &["", ""], &["nonsense", "radio"]] {
            let arrival = read(args);
            assert!(!arrival.registration.uuid.is_nil());
            assert_eq!(arrival.media, Media::Audiosocket);
            assert_eq!(arrival.registration.called.as_deref(), Some("1003"));
        }
    }
}
