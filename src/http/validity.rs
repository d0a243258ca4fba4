//! From when until when a certificate holds: two moments out of its DER, and nothing else of it.

use chrono::{DateTime, NaiveDateTime, Utc};

const SEQUENCE: u8 = 0x30;
/// The version of a certificate stands before its serial number, or is left out.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// A length is written in at most so many bytes.
const LENGTH_BYTES_MAX: usize = 4;

/// The first and the last moment; none if this is no certificate.
pub(super) fn of(der: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let certificate = sequence(der)?.0;
    let mut rest = sequence(certificate)?.0;
    if let (VERSION, _, after) = element(rest)? {
        rest = after;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let validity = sequence(rest)?.0;
    let (kind, from, rest) = element(validity)?;
    let from = moment(kind, from)?;
    let (kind, until, _) = element(rest)?;
    Some((from, moment(kind, until)?))
}

fn sequence(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == SEQUENCE).then_some((content, rest))
}

/// Tag, content, and what comes after.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > LENGTH_BYTES_MAX {
            return None;
        }
        let (length, rest) = rest.split_at_checked(count)?;
        (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn moment(kind: u8, text: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match kind {
        GENERALIZED_TIME => text.to_owned(),
        // Two digits of the year: from 1950 on.
        UTC_TIME => {
            let year: u32 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year >= 50 { "19" } else { "20" })
        }
        _ => return None,
    };
    let read = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some(read.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_moment_are_read() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().ok();
        assert_eq!(moment(UTC_TIME, b"261122221530Z"), at("2026-11-22T22:15:30Z"));
        assert_eq!(moment(UTC_TIME, b"500101000000Z"), at("1950-01-01T00:00:00Z"));
        assert_eq!(moment(GENERALIZED_TIME, b"21261122221530Z"), at("2126-11-22T22:15:30Z"));
        assert_eq!(moment(UTC_TIME, b"261322221530Z"), None);
        assert_eq!(moment(0x04, b"261122221530Z"), None);
    }

    #[test]
    fn what_is_no_certificate_is_none_and_breaks_nothing() {
        for bad in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x02\x30\x00",
            b"\x31\x02\x30\x00",
            b"not a certificate",
        ] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }
}
