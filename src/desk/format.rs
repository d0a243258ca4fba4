//! Times, lengths, money and numbers as people of either language write them.

use super::words::{Tongue, Words};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use rust_decimal::Decimal;

/// A space that does not break.
const HARD_SPACE: char = '\u{a0}';

/// A day with its weekday: `нд, 22.11.2026`, `Sun 22 Nov 2026`.
#[must_use]
pub fn day(words: Words, day: NaiveDate) -> String {
    match words.0 {
        Tongue::En => day.format("%a %-d %b %Y").to_string(),
        Tongue::Uk => {
            let name = match day.weekday() {
                Weekday::Mon => "пн",
                Weekday::Tue => "вт",
                Weekday::Wed => "ср",
                Weekday::Thu => "чт",
                Weekday::Fri => "пт",
                Weekday::Sat => "сб",
                Weekday::Sun => "нд",
            };
            format!("{name}, {}", day.format("%d.%m.%Y"))
        }
    }
}

/// A moment on the shop's wall: day and time.
#[must_use]
pub fn moment(words: Words, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{} {}", day(words, local.date_naive()), local.format("%H:%M"))
}

/// The same in UTC, for the hint under the pointer.
#[must_use]
pub fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A time of day: `14:05`.
#[must_use]
pub fn time(at: NaiveTime) -> String {
    at.format("%H:%M").to_string()
}

/// A length of time in seconds: `2:05`, `1:02:05`.
#[must_use]
pub fn length(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes}:{rest:02}")
    }
}

/// A latency: `640 мс`, `1,24 с`; `640 ms`, `1.24 s`.
#[must_use]
pub fn latency(words: Words, ms: i64) -> String {
    let (milli, whole, point) = match words.0 {
        Tongue::Uk => ("мс", "с", ','),
        Tongue::En => ("ms", "s", '.'),
    };
    if ms.abs() < 1000 {
        return format!("{ms}{HARD_SPACE}{milli}");
    }
    let hundredths = (ms + ms.signum() * 5) / 10;
    format!("{}{point}{:02}{HARD_SPACE}{whole}", hundredths / 100, hundredths.abs() % 100)
}

/// A decimal with its thousands apart: `1 234,56`, `1,234.56`.
#[must_use]
pub fn decimal(words: Words, value: Decimal, digits: u32) -> String {
    let text = format!("{:.*}", digits as usize, value.round_dp(digits));
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let (between, point) = match words.0 {
        Tongue::Uk => (HARD_SPACE, ','),
        Tongue::En => (',', '.'),
    };
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(between);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(point);
        out.push_str(part);
    }
    out
}

/// Money of the shop: `1 234,56 ₴`, `UAH 1,234.56`.
#[must_use]
pub fn hryvnias(words: Words, value: Decimal) -> String {
    let value = decimal(words, value, 2);
    match words.0 {
        Tongue::Uk => format!("{value}{HARD_SPACE}₴"),
        Tongue::En => format!("UAH{HARD_SPACE}{value}"),
    }
}

/// What providers cost: `0,0123 $`, `$0.0123`.
#[must_use]
pub fn dollars(words: Words, value: Decimal) -> String {
    let value = decimal(words, value, 4);
    match words.0 {
        Tongue::Uk => format!("{value}{HARD_SPACE}$"),
        Tongue::En => format!("${value}"),
    }
}

/// A number of the country apart: `+380 67 123-45-67`; others as they are. `masked` for who may
/// not see it: `+380 67 ***-**-67`.
#[must_use]
pub fn phone(number: &str, masked: bool) -> String {
    let plain = number.strip_prefix("+380").filter(|rest| rest.len() == 9 && rest.is_ascii());
    let Some(rest) = plain else {
        return if masked {
            crate::db::desk::audit::masked_text(number)
        } else {
            number.to_owned()
        };
    };
    let (net, last) = (&rest[..2], &rest[7..]);
    if masked {
        return format!("+380 {net} ***-**-{last}");
    }
    format!("+380 {net} {}-{}-{last}", &rest[2..5], &rest[5..7])
}

#[cfg(test)]
mod tests {
    use super::*;

    const UK: Words = Words(Tongue::Uk);
    const EN: Words = Words(Tongue::En);

    #[test]
    fn numbers_are_written_as_in_their_language() {
        let sum = Decimal::new(123_456_789, 2);
        assert_eq!(decimal(UK, sum, 2), "1\u{a0}234\u{a0}567,89");
        assert_eq!(decimal(EN, sum, 2), "1,234,567.89");
        assert_eq!(decimal(EN, Decimal::new(-1_234, 0), 0), "-1,234");
        assert_eq!(hryvnias(UK, Decimal::new(123_456, 2)), "1\u{a0}234,56\u{a0}₴");
        assert_eq!(hryvnias(EN, Decimal::new(123_456, 2)), "UAH\u{a0}1,234.56");
        assert_eq!(dollars(EN, Decimal::new(123, 4)), "$0.0123");
        assert_eq!(latency(UK, 640), "640\u{a0}мс");
        assert_eq!(latency(UK, 1_244), "1,24\u{a0}с");
        assert_eq!(latency(EN, 1_996), "2.00\u{a0}s");
    }

    #[test]
    fn days_follow_the_shops_wall_also_when_the_clocks_change() {
        let zone: Tz = chrono_tz::Europe::Kyiv;
        // 25 October 2026: at 04:00 it is 03:00 again.
        for (utc, shown) in [
            ("2026-10-24T21:30:00Z", "нд, 25.10.2026 00:30"),
            ("2026-10-25T00:30:00Z", "нд, 25.10.2026 03:30"),
            ("2026-10-25T01:30:00Z", "нд, 25.10.2026 03:30"),
        ] {
            assert_eq!(moment(UK, utc.parse().unwrap(), zone), shown);
        }
        let winter = "2026-11-22T12:05:00Z".parse().unwrap();
        assert_eq!(moment(EN, winter, zone), "Sun 22 Nov 2026 14:05");
    }

    #[test]
    fn a_number_is_whole_for_some_and_masked_for_others() {
        assert_eq!(phone("+380671234567", false), "+380 67 123-45-67");
        assert_eq!(phone("+380671234567", true), "+380 67 ***-**-67");
        assert_eq!(phone("+4930123456", true), "+********56");
        assert_eq!(phone("DELETED", true), "DELETED");
    }

    #[test]
    fn lengths_have_minutes_and_hours_when_needed() {
        assert_eq!(length(5), "0:05");
        assert_eq!(length(125), "2:05");
        assert_eq!(length(3_725), "1:02:05");
        assert_eq!(length(-4), "0:00");
    }
}
