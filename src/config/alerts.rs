//! `[alerts]`

use serde::{Deserialize, Serialize};

/// When somebody is told that something is not as it should be, and by which ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// How far back calls are looked at, minutes.
    pub window_min: u32,
    /// Fewer calls than these say nothing about shares.
    pub calls_min: u32,
    /// The smallest share of calls with an order or a booking, percent.
    pub conversion_percent_min: f64,
    /// The largest share of calls that hang up with an open matter, percent.
    pub drop_off_percent_max: f64,
    /// The largest share of calls lost by our fault, percent.
    pub error_percent_max: f64,
    /// 19 of 20 answers come within so long, milliseconds.
    pub reply_p95_ms_max: f64,
    /// What providers may cost in an hour, US dollars.
    pub spend_hour_usd_max: f64,
    /// How long a record may wait for the database, seconds.
    pub spool_s_max: f64,
    /// Months of the log that are ready at least.
    pub months_ahead_min: f64,
    /// Frames that may come late in a minute.
    pub late_frames_per_min_max: f64,
    /// From when on only what is critical is told, on the shop's wall: `22:00`; empty: never.
    pub quiet_from: String,
    /// Until when.
    pub quiet_to: String,
    /// When yesterday is told about, on the shop's wall: `08:00`; empty: never.
    pub digest_at: String,
    /// The mail server; empty: no mail.
    pub mail_host: String,
    /// Its port.
    pub mail_port: u16,
    /// `starttls`, `tls` or `none`.
    pub mail_tls: String,
    /// The name at the mail server; empty: none is asked for.
    pub mail_user: String,
    /// Who writes.
    pub mail_from: String,
    /// Who is written to.
    pub mail_to: Vec<String>,
    /// The Bot API.
    pub telegram_base_url: String,
    /// The chat that is written to; empty: none.
    pub telegram_chat: String,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            window_min: 60,
            calls_min: 20,
            conversion_percent_min: 5.0,
            drop_off_percent_max: 40.0,
            error_percent_max: 5.0,
            reply_p95_ms_max: 2_500.0,
            spend_hour_usd_max: 10.0,
            spool_s_max: 120.0,
            months_ahead_min: 2.0,
            late_frames_per_min_max: 100.0,
            quiet_from: "22:00".into(),
            quiet_to: "07:00".into(),
            digest_at: "08:00".into(),
            mail_host: String::new(),
            mail_port: 587,
            mail_tls: "starttls".into(),
            mail_user: String::new(),
            mail_from: String::new(),
            mail_to: Vec::new(),
            telegram_base_url: "https://api.telegram.org".into(),
            telegram_chat: String::new(),
        }
    }
}

/// What the types cannot say.
pub(super) fn problems(alerts: &Alerts) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut wrong = |key, is_wrong: bool, message: &str| {
        if is_wrong {
            found.push((key, message.to_owned()));
        }
    };
    for (key, time) in [
        ("alerts.quiet_from", &alerts.quiet_from),
        ("alerts.quiet_to", &alerts.quiet_to),
        ("alerts.digest_at", &alerts.digest_at),
    ] {
        let known = time.is_empty() || chrono::NaiveTime::parse_from_str(time, "%H:%M").is_ok();
        wrong(key, !known, "must be a time of day, 22:00, or empty");
    }
    for (key, percent) in [
        ("alerts.conversion_percent_min", alerts.conversion_percent_min),
        ("alerts.drop_off_percent_max", alerts.drop_off_percent_max),
        ("alerts.error_percent_max", alerts.error_percent_max),
    ] {
        wrong(key, !(0.0..=100.0).contains(&percent), "must be 0 to 100");
    }
    for (key, value) in [
        ("alerts.reply_p95_ms_max", alerts.reply_p95_ms_max),
        ("alerts.spend_hour_usd_max", alerts.spend_hour_usd_max),
        ("alerts.spool_s_max", alerts.spool_s_max),
        ("alerts.months_ahead_min", alerts.months_ahead_min),
        ("alerts.late_frames_per_min_max", alerts.late_frames_per_min_max),
    ] {
        wrong(key, !value.is_finite() || value < 0.0, "must not be negative");
    }
    wrong("alerts.window_min", alerts.window_min == 0, "must be at least 1");
    wrong(
        "alerts.mail_tls",
        !["starttls", "tls", "none"].contains(&alerts.mail_tls.as_str()),
        "must be starttls, tls or none",
    );
    let mails = !alerts.mail_host.is_empty() && !alerts.mail_to.is_empty();
    wrong("alerts.mail_from", mails && alerts.mail_from.is_empty(), "must say who writes");
    let base = &alerts.telegram_base_url;
    let is_http = base.starts_with("https://") || base.starts_with("http://");
    wrong("alerts.telegram_base_url", !is_http, "must begin with https://");
    found
}
