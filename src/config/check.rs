//! What the types cannot say about a configuration.

use super::{Config, StoreKind};
use crate::language::Language;
use crate::shop::Stretch;

/// One frame of audio; the lead is whole frames.
const FRAME_MS: u64 = 20;
const LEAD_MS_MAX: u64 = 200;
/// Asterisk's queue of 900 frames, at which it says stop, is far above; less than a third of a
/// second would give the advantage away.
const AHEAD_MS: std::ops::RangeInclusive<u64> = 300..=10_000;

/// Every problem, as key and message.
pub(super) fn problems(config: &Config) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    shapes(config, &mut found);
    at_least_one(config, &mut found);
    ari(config, &mut found);
    targets(config, &mut found);
    order(config, &mut found);
    costs(config, &mut found);
    turns(config, &mut found);
    found.extend(super::alerts::problems(&config.alerts));
    found.extend(super::sound::problems(config));
    found
}

fn shapes(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let mut wrong = |key, is_wrong: bool, message: &str| {
        if is_wrong {
            found.push((key, message.to_owned()));
        }
    };
    let lead_ms = config.audiosocket.lead_ms;
    wrong(
        "audiosocket.lead_ms",
        lead_ms > LEAD_MS_MAX || !lead_ms.is_multiple_of(FRAME_MS),
        "must be 0 to 200 and whole frames of 20 ms",
    );
    let ahead_ms = config.websocket.ahead_ms;
    wrong(
        "websocket.ahead_ms",
        !AHEAD_MS.contains(&ahead_ms) || !ahead_ms.is_multiple_of(FRAME_MS),
        "must be 300 to 10000 and whole frames of 20 ms",
    );
    let (cert, key) = (&config.server.tls_cert, &config.server.tls_key);
    wrong(
        "server.tls_key",
        cert.as_os_str().is_empty() != key.as_os_str().is_empty(),
        "server.tls_cert and server.tls_key belong together: both, or neither",
    );
    let url = config.desk.public_url.as_str();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    wrong(
        "desk.public_url",
        !url.is_empty()
            && host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@'])),
        "must be http:// or https:// and a host, without a path: https://desk.example.com",
    );
    let user = config.websocket.user.as_str();
    wrong(
        "websocket.user",
        user.is_empty() || user.contains(':'),
        "must not be empty and hold no colon",
    );
    let language = config.stt.language.as_str();
    wrong(
        "stt.language",
        !language.is_empty() && Language::from_code(language).is_none(),
        "must be `en` or `uk`, or empty for the shop's",
    );
    for (key, url) in [
        ("stt.base_url", &config.stt.base_url),
        ("llm.base_url", &config.llm.base_url),
        ("tts.base_url", &config.tts.base_url),
        ("embed.base_url", &config.embed.base_url),
        ("quality.base_url", &config.quality.base_url),
    ] {
        let starts = ["http://", "https://", "ws://", "wss://"];
        let known = url.is_empty() || starts.iter().any(|start| url.starts_with(start));
        wrong(
            key,
            !known,
            "must begin with http:// or https:// (for realtime also ws:// or wss://)",
        );
    }
    wrong(
        "embed.score_min",
        !(0.0..=1.0).contains(&config.embed.score_min),
        "must be a cosine from 0 to 1",
    );
    let url = config.store.base_url.as_str();
    let is_http = url.starts_with("http://") || url.starts_with("https://");
    wrong(
        "store.base_url",
        if url.is_empty() { config.store.kind == StoreKind::Http } else { !is_http },
        "must begin with http:// or https:// (store.kind = \"http\" needs it)",
    );
    let url = &config.database.url;
    wrong(
        "database.url",
        !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://"),
        "must begin with postgres:// or postgresql://",
    );
    wrong("shop.name", config.shop.name.trim().is_empty(), "must not be empty: it is spoken");
    wrong("shop.keypad_menu", config.shop.keypad_menu.len() > 9, "has more items than keys");
    let prefix = config.shop.phone_prefix.strip_prefix('+').unwrap_or_default();
    wrong(
        "shop.phone_prefix",
        prefix.is_empty() || prefix.len() > 4 || !prefix.bytes().all(|b| b.is_ascii_digit()),
        "must be a plus and one to four digits, for example +380",
    );
    wrong(
        "transfer.allowed",
        !config.transfer.allowed.iter().all(|name| is_target(name)),
        "each name must be letters, digits, `-` or `_`, and not `hangup`",
    );
    wrong(
        "log.filter",
        super::log_filter(&config.log.filter).is_err(),
        "is not a filter; write for example `info,treadline=debug`",
    );
}

/// A word that a dialplan can compare; `hangup` is an answer of `/next` itself.
fn is_target(name: &str) -> bool {
    is_name(name) && name != "hangup"
}

fn ari(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let ari = &config.ari;
    let mut wrong = |key, is_wrong: bool, message: &str| {
        if is_wrong {
            found.push((key, message.to_owned()));
        }
    };
    let is_http = ari.url.starts_with("http://") || ari.url.starts_with("https://");
    wrong("ari.url", !is_http, "must begin with http:// or https://");
    wrong("ari.user", ari.user.is_empty() || ari.user.contains(':'), "must be a name without `:`");
    wrong("ari.app", !is_name(&ari.app), "must be letters, digits, `-` or `_`");
    wrong(
        "ari.listen",
        !ari.listen.is_empty() && ari.listen_address().is_none(),
        "must be an address and port, for example 127.0.0.1:9095, or empty",
    );
    for (key, context) in [
        ("ari.fallback_context", &ari.fallback_context),
        ("ari.transfer_context", &ari.transfer_context),
    ] {
        wrong(key, !is_name(context), "must be letters, digits, `-` or `_`");
    }
}

fn targets(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let transfer = &config.transfer;
    let mut wrong = |message: String| found.push(("transfer.targets", message));
    for (at, target) in transfer.targets.iter().enumerate() {
        let name = &target.name;
        if !transfer.allowed.contains(name) {
            wrong(format!("`{name}` is not among transfer.allowed"));
        }
        if transfer.targets[..at].iter().any(|other| other.name == *name) {
            wrong(format!("`{name}` stands there twice"));
        }
        if !is_endpoint(&target.endpoint) {
            wrong(format!("`{name}`: endpoint must look like PJSIP/operator"));
        }
        if !(5..=120).contains(&target.ring_s) {
            wrong(format!("`{name}`: ring_s must be 5 to 120"));
        }
        for hours in &target.hours {
            if let Err(why) = hours.parse::<Stretch>() {
                wrong(format!("`{name}`: hours `{hours}` {why}"));
            }
        }
    }
}

/// A technology, a slash, and a name: nothing with a comma, an ampersand or a variable in it.
fn is_endpoint(endpoint: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-_.@:/".contains(&b);
    endpoint.split_once('/').is_some_and(|(technology, rest)| {
        technology.bytes().all(|b| b.is_ascii_alphanumeric())
            && !technology.is_empty()
            && !rest.is_empty()
            && rest.bytes().all(legal)
    })
}

fn is_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !name.is_empty() && name.len() <= 40 && name.bytes().all(legal)
}

fn at_least_one(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let (limits, call) = (&config.limits, &config.limits.call);
    let retention = &config.retention;
    let counts: [(&'static str, u64); 31] = [
        ("api.requests_per_minute_max", config.api.requests_per_minute_max.into()),
        ("api.connections_max", config.api.connections_max.into()),
        ("stt.local_workers", config.stt.local_workers as u64),
        ("database.connections_max", u64::from(config.database.connections_max)),
        ("limits.calls_max", limits.calls_max as u64),
        ("limits.connections_per_address_max", limits.connections_per_address_max as u64),
        ("limits.uuid_ms_max", limits.uuid_ms_max),
        ("limits.registration_s_max", limits.registration_s_max),
        ("limits.bookings_per_number_max", u64::from(limits.bookings_per_number_max)),
        ("limits.calls_per_number_max", u64::from(limits.calls_per_number_max)),
        ("limits.calls_per_number_hour_max", u64::from(limits.calls_per_number_hour_max)),
        ("limits.call.endpointing_ms", call.endpointing_ms),
        ("limits.call.barge_in_ms", call.barge_in_ms),
        ("limits.call.filler_ms", call.filler_ms),
        ("limits.call.silence_ms", call.silence_ms.iter().copied().min().unwrap_or(0)),
        ("limits.call.stt_ms_max", call.stt_ms_max),
        ("limits.call.llm_ms_max", call.llm_ms_max),
        ("limits.call.tool_ms_max", call.tool_ms_max),
        ("limits.call.tools_per_turn_max", u64::from(call.tools_per_turn_max)),
        ("limits.call.tools_per_call_max", u64::from(call.tools_per_call_max)),
        ("limits.call.turns_max", u64::from(call.turns_max)),
        ("limits.call.call_s_max", call.call_s_max),
        ("limits.call.utterance_chars_max", call.utterance_chars_max as u64),
        ("limits.call.bad_turns_max", u64::from(call.bad_turns_max)),
        ("limits.call.transfers_max", u64::from(call.transfers_max)),
        ("transfer.callback_min", config.transfer.callback_min),
        ("retention.turns_days", retention.turns_days.into()),
        ("retention.calls_days", retention.calls_days.into()),
        ("retention.orders_days", retention.orders_days.into()),
        ("retention.spool_days", retention.spool_days.into()),
        ("retention.soft_delete_days", retention.soft_delete_days.into()),
    ];
    for (key, count) in counts {
        if count == 0 {
            found.push((key, "must be at least 1".into()));
        }
    }
}

fn turns(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let (turn, call) = (&config.turn, &config.limits.call);
    let mut wrong = |key, is_wrong: bool, message: String| {
        if is_wrong {
            found.push((key, message));
        }
    };
    for (key, ms) in [("turn.answer_ms", turn.answer_ms), ("turn.wait_ms_min", turn.wait_ms_min)] {
        wrong(key, ms == 0, "must be at least 1".into());
    }
    let most = call.quiet_ms_max;
    let message = format!("must not be more than limits.call.quiet_ms_max ({most})");
    wrong("turn.wait_ms_max", turn.wait_ms_max > most, message);
    let message = format!("must not be more than turn.wait_ms_max ({})", turn.wait_ms_max);
    wrong("turn.wait_ms_min", turn.wait_ms_min > turn.wait_ms_max, message.clone());
    wrong("turn.spelled_ms", turn.spelled_ms > turn.wait_ms_max, message);
    wrong(
        "turn.brisk_percent",
        !(10..=100).contains(&turn.brisk_percent),
        "must be 10 to 100".into(),
    );
    wrong(
        "turn.slow_percent",
        !(100..=400).contains(&turn.slow_percent),
        "must be 100 to 400".into(),
    );
}

fn costs(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let cost = &config.limits.cost;
    for (key, usd) in [
        ("limits.cost.call_usd_max", cost.call_usd_max),
        ("limits.cost.hour_usd_max", cost.hour_usd_max),
    ] {
        if usd.is_sign_negative() {
            found.push((key, "must not be negative; 0 is no ceiling".into()));
        }
    }
    if !(100..=1_000).contains(&cost.operator_percent) {
        found.push(("limits.cost.operator_percent", "must be 100 to 1000".into()));
    }
    for price in &config.prices.0 {
        if price.provider.is_empty() || price.usd.is_sign_negative() {
            let name = format!("{} {}", price.provider, price.model);
            found.push(("prices", format!("`{name}`: a provider and usd of 0 or more")));
        }
    }
}

fn order(config: &Config, found: &mut Vec<(&'static str, String)>) {
    let call = &config.limits.call;
    let mut not_above = |small: &'static str, a: u64, big: &str, b: u64| {
        if a > b {
            found.push((small, format!("is {a}, which must not be more than {big} ({b})")));
        }
    };
    let (endpointing, slow) = (call.endpointing_ms, call.endpointing_slow_ms);
    not_above(
        "limits.call.transcribe_early_ms",
        call.transcribe_early_ms,
        "limits.call.endpointing_ms",
        endpointing,
    );
    not_above("limits.call.endpointing_ms", endpointing, "limits.call.endpointing_slow_ms", slow);
    not_above(
        "limits.call.filler_ms",
        call.filler_ms,
        "limits.call.quiet_ms_max",
        call.quiet_ms_max,
    );
    not_above(
        "limits.call.tools_per_turn_max",
        call.tools_per_turn_max.into(),
        "limits.call.tools_per_call_max",
        call.tools_per_call_max.into(),
    );
    // A day's figures are made from both: once lines are gone a call explains nothing.
    not_above(
        "retention.turns_days",
        config.retention.turns_days.into(),
        "retention.calls_days",
        config.retention.calls_days.into(),
    );
    if !config.transfer.allowed.contains(&call.transfer_target) {
        found.push((
            "limits.call.transfer_target",
            format!("`{}` is not among transfer.allowed", call.transfer_target),
        ));
    }
}
