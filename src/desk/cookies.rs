//! Two cookies: who is in, and, before that, whose form it is.

use axum::http::{HeaderMap, HeaderValue, header};

/// Holds the secret of a session.
pub const SESSION: &str = "treadline_session";
/// Holds a secret for the forms of somebody who is not in yet.
pub const DOOR: &str = "treadline_door";

/// The longest value that is looked at; ours have 43 characters.
const VALUE_CHARS_MAX: usize = 128;

/// The value of a cookie, if the browser sent it once and it looks like one of ours.
#[must_use]
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    let value = found.next()?;
    // Two of a name: one was planted by somebody else, and nobody knows which.
    let ours = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let legal = (1..=VALUE_CHARS_MAX).contains(&value.len()) && value.chars().all(ours);
    (legal && found.next().is_none()).then(|| value.to_owned())
}

/// The header that sets a cookie: for this host only, out of reach of scripts. It goes when the
/// browser is closed, unless it is given seconds to live.
#[must_use]
pub fn set(name: &str, value: &str, live_s: Option<i64>, secure: bool) -> HeaderValue {
    let age = live_s.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))])
    }

    #[test]
    fn a_cookie_is_read_among_others_and_nonsense_is_not() {
        assert_eq!(
            read(&headers("a=b; treadline_session=x-Y_9"), SESSION).as_deref(),
            Some("x-Y_9")
        );
        for bad in [
            "",
            "treadline_session=",
            "treadline_session",
            "treadline_session=a b",
            "treadline_session=a\"b",
            "treadline_session=one; treadline_session=two",
            "xtreadline_session=one",
        ] {
            assert_eq!(read(&headers(bad), SESSION), None, "{bad}");
        }
    }

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = set(SESSION, "v", None, false);
        assert_eq!(plain, "treadline_session=v; Path=/; HttpOnly; SameSite=Lax");
        let kept = set(SESSION, "v", Some(60), true);
        assert_eq!(kept, "treadline_session=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
    }
}
