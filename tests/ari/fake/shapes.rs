//! JSON in the shape of a real Asterisk's, fields included that nobody here reads.

use super::state::Chan;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn channel(id: &str, chan: &Chan) -> Value {
    let (app_name, app_data) = match &chan.stasis {
        Some(args) if args.is_empty() => ("Stasis", "treadline".to_owned()),
        Some(args) => ("Stasis", format!("treadline,{}", args.join(","))),
        None => ("Dial", "PJSIP/somebody".to_owned()),
    };
    json!({
        "id": id, "name": chan.name, "state": chan.state, "protocol_id": "c7f-1@127.0.0.1",
        "caller": { "name": "Jane Caller", "number": chan.number },
        "connected": { "name": "", "number": "" }, "accountcode": "",
        "dialplan": {
            "context": "from-sip", "exten": "1003", "priority": 4,
            "app_name": app_name, "app_data": app_data,
        },
        "creationtime": "2026-11-22T08:00:00.123+0000", "language": "en",
        "channelvars": { "TENANT_LINE": "7" },
    })
}

pub fn bridge(id: &str, channels: &BTreeSet<String>) -> Value {
    json!({
        "id": id, "technology": "simple_bridge", "bridge_type": "mixing",
        "bridge_class": "stasis", "creator": "Stasis", "name": id, "channels": channels,
        "creationtime": "2026-11-22T08:00:00.200+0000", "video_mode": "none",
    })
}

fn event(kind: &str, mut fields: Value) -> String {
    fields["type"] = kind.into();
    fields["timestamp"] = "2026-11-22T08:00:00.250+0000".into();
    fields["asterisk_id"] = "02:42:ac:11:00:02".into();
    fields["application"] = "treadline".into();
    fields.to_string()
}

pub fn stasis_start(id: &str, chan: &Chan) -> String {
    let args = chan.stasis.clone().unwrap_or_default();
    event("StasisStart", json!({ "args": args, "channel": channel(id, chan) }))
}

pub fn stasis_end(id: &str, chan: &Chan) -> String {
    event("StasisEnd", json!({ "channel": channel(id, chan) }))
}

pub fn destroyed(id: &str, chan: &Chan, cause: i32) -> String {
    let fields = json!({
        "cause": cause, "cause_txt": "as scripted", "tech_cause": 486,
        "channel": channel(id, chan),
    });
    event("ChannelDestroyed", fields)
}

pub fn digit(id: &str, chan: &Chan, digit: char) -> String {
    let fields =
        json!({ "digit": digit.to_string(), "duration_ms": 120, "channel": channel(id, chan) });
    event("ChannelDtmfReceived", fields)
}

/// What no program of today knows.
pub fn unheard_of() -> String {
    event("ChannelTeleported", json!({ "from": { "here": [1, 2] }, "to": null }))
}
