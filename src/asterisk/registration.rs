//! What is said about a call before it comes, by its dialplan, over ARI, or by both.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the dialplan said about a call before it came.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Registration {
    /// The UUID that the AudioSocket connection will give.
    pub uuid: Uuid,
    /// The caller's number.
    pub caller: Option<String>,
    /// The number that was called.
    pub called: Option<String>,
    /// The caller's name as the network gave it.
    pub name: Option<String>,
    /// Asterisk's channel.
    pub channel: Option<String>,
    /// Anything else that was said.
    #[serde(flatten)]
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// Who has announced a call. Dialplan and ARI may both do it, in either order; each once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    http: bool,
    ari: bool,
}

impl Told {
    pub(super) const HTTP: Self = Self { http: true, ari: false };
    pub(super) const ARI: Self = Self { http: false, ari: true };

    pub(super) const fn overlaps(self, other: Self) -> bool {
        self.http && other.http || self.ari && other.ari
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self { http: self.http || other.http, ari: self.ari || other.ari }
    }
}

/// Two announcements of one call: what the network told ARI counts more than the dialplan's words.
pub(super) fn merged(known: &Registration, other: Registration, by: Told) -> Registration {
    let (first, second) = if by.ari { (other, known.clone()) } else { (known.clone(), other) };
    let mut data = second.data;
    data.extend(first.data);
    Registration {
        uuid: known.uuid,
        caller: first.caller.or(second.caller),
        called: second.called.or(first.called),
        name: first.name.or(second.name),
        channel: first.channel.or(second.channel),
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_network_says_who_calls_and_the_dialplan_which_line_was_called() {
        let of = |value| serde_json::from_value::<Registration>(value).unwrap();
        let id = Uuid::from_u128(1);
        let dialplan = of(json!({
            "uuid": id, "caller": "0671234567", "called": "+380441234567", "queue": "7",
        }));
        let network = of(json!({
            "uuid": id, "caller": "+380671234567", "called": "1003", "channel": "1.2", "name": "Jane",
        }));
        for both in [
            merged(&dialplan, network.clone(), Told::ARI),
            merged(&network, dialplan.clone(), Told::HTTP),
        ] {
            assert_eq!(both.caller.as_deref(), Some("+380671234567"));
            assert_eq!(both.called.as_deref(), Some("+380441234567"));
            assert_eq!(
                (both.name.as_deref(), both.channel.as_deref()),
                (Some("Jane"), Some("1.2"))
            );
            assert_eq!(both.data["queue"], json!("7"));
        }
    }
}
