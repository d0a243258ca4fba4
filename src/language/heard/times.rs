//! Times of day: "10:20", "half past two", "о десятій двадцять", "за чверть третя".

use super::Heard;
use super::items::{Item, ItemKind};
use super::number_words::Ending;
use super::reader::Reader;
use chrono::NaiveTime;

/// A clock reading before it is known which half of the day is meant.
struct Clock {
    last: usize,
    hour: u32,
    minute: u32,
    /// False for "02:30" or "14:30" in figures: nothing is left open there.
    open: bool,
}

const AT: &[&str] =
    &["at", "for", "around", "about", "by", "о", "об", "на", "в", "у", "близько", "після", "до"];
/// After these, a bare number is an hour.
const AT_STRICT: &[&str] = &["at", "о", "об"];
const HOUR_WORDS: &[&str] =
    &["o'clock", "oclock", "година", "години", "годину", "годині", "годин", "год"];
const MINUTE_WORDS: &[&str] = &["хвилин", "хвилини", "хвилину", "minutes"];
/// What an ordinal or a figure counts, so that it is no hour.
const COUNTED_AFTER: &[&str] = &[
    "станц",
    "адрес",
    "точк",
    "варіант",
    "шин",
    "колес",
    "коліс",
    "штук",
    "диск",
    "грн",
    "грив",
    "дюйм",
    "радіус",
    "поверх",
    "черг",
    "людин",
    "сторон",
];

/// Takes all times out of the utterance.
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if reader.free(at).is_none() {
            continue;
        }
        if reader.is_word(at, &["noon", "midday", "опівдні", "полудень"]) {
            if let Some(noon) = NaiveTime::from_hms_opt(12, 0, 0) {
                reader.take(at, at, Heard::Time(noon));
            }
            continue;
        }
        let clock = english_relation(reader, at)
            .or_else(|| ukrainian_relation(reader, at))
            .or_else(|| figures(reader, at))
            .or_else(|| plain(reader, at));
        if let Some((last, time)) = clock.and_then(|clock| settle(reader, &clock)) {
            reader.take(at, last, Heard::Time(time));
        }
    }
}

/// Reads what follows ("am", "дня") and closes the question of the half of the day. A shop works
/// by day, so an open hour from one to six is in the afternoon.
fn settle(reader: &Reader<'_>, clock: &Clock) -> Option<(usize, NaiveTime)> {
    let mut last = clock.last;
    last += usize::from(reader.is_word(last + 1, HOUR_WORDS));
    let half = half_after(reader, last).map(|(length, afternoon)| {
        last += length;
        afternoon
    });
    let hour = match (half, clock.hour) {
        (Some(true), hour @ 1..=11) => hour + 12,
        (Some(false), 12) => 0,
        (None, hour @ 1..=6) if clock.open => hour + 12,
        (_, hour) => hour,
    };
    Some((last, NaiveTime::from_hms_opt(hour, clock.minute, 0)?))
}

/// The half of the day that is named right after item `last`: how many items, and is it the second?
fn half_after(reader: &Reader<'_>, last: usize) -> Option<(usize, bool)> {
    let named = HALVES
        .iter()
        .find_map(|(phrase, afternoon)| Some((reader.phrase(last + 1, phrase)?, *afternoon)));
    // "a.m." comes as letters and full stops.
    let dotted = |letter: &str| {
        reader.is_word(last + 1, &[letter])
            && reader.free(last + 2).and_then(Item::mark) == Some('.')
            && reader.is_word(last + 3, &["m"])
    };
    let letters = [("a", false), ("p", true)];
    named.or_else(|| letters.iter().find(|(letter, _)| dotted(letter)).map(|half| (3, half.1)))
}

/// True: after noon.
const HALVES: &[(&str, bool)] = &[
    ("am", false),
    ("pm", true),
    ("in the morning", false),
    ("in the afternoon", true),
    ("in the evening", true),
    ("ранку", false),
    ("зранку", false),
    ("вранці", false),
    ("ночі", false),
    ("дня", true),
    ("вечора", true),
    ("ввечері", true),
    ("увечері", true),
];

/// "10:20", "10:20:00", "at 10.20", "о 10-20", "о 1020".
fn figures(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let written =
        |at: usize| reader.free(at)?.number().filter(|one| one.written && one.ordinal.is_none());
    let first = written(at)?;
    let at_before = reader.follows(at, AT_STRICT) || reader.follows(at, &["на"]);
    let mark = reader.free(at + 1).filter(|item| item.glued).and_then(Item::mark);
    if let (Some(mark), Some(second)) = (mark, written(at + 2)) {
        let clear = mark == ':' || (matches!(mark, '.' | '-' | ',') && at_before);
        let two_figures = second.digits.len() == 2 && first.digits.len() <= 2;
        if clear && two_figures && reader.items[at + 2].glued && second.value() < 60 {
            let seconds = reader.free(at + 3).and_then(Item::mark) == Some(':')
                && written(at + 4).is_some_and(|one| one.digits == "00");
            let last = at + 2 + if seconds { 2 } else { 0 };
            let open = first.digits.len() == 1;
            return Some(Clock { last, hour: first.value(), minute: second.value(), open });
        }
    }
    let solid = reader.follows(at, AT_STRICT) && (3..=4).contains(&first.digits.len());
    let (hour, minute) = (first.value() / 100, first.value() % 100);
    (solid && minute < 60 && hour < 24).then_some(Clock { last: at, hour, minute, open: true })
}

/// "half past two", "a quarter to three", "ten past two".
fn english_relation(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let article = usize::from(reader.is_word(at, &["a"]) && reader.is_word(at + 1, &["quarter"]));
    let start = at + article;
    let minutes = if reader.is_word(start, &["half"]) {
        30
    } else if reader.is_word(start, &["quarter"]) {
        15
    } else {
        reader.cardinal(start).filter(|minutes| (1..=29).contains(minutes))?
    };
    let unit = usize::from(reader.is_word(start + 1, &["minutes"]));
    let relation = start + 1 + unit;
    let past = reader.is_word(relation, &["past", "after"]);
    if !past && !reader.is_word(relation, &["to", "till", "before"]) {
        return None;
    }
    let hour = reader.cardinal(relation + 1).filter(|hour| (1..=12).contains(hour))?;
    relate(relation + 1, hour, minutes, past)
}

/// "пів на третю", "чверть на третю", "десять хвилин на третю", "за чверть третя", "за десять третя",
/// "пів третьої".
fn ukrainian_relation(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let to = reader.is_word(at, &["за", "без"]);
    let start = at + usize::from(to);
    let half = reader.is_word(start, &["пів", "половина", "половині", "половину"]);
    let minutes = if half {
        30
    } else if reader.is_word(start, &["чверть"]) {
        15
    } else {
        reader.cardinal(start).filter(|minutes| (1..=29).contains(minutes))?
    };
    let unit = usize::from(reader.is_word(start + 1, &["хвилин", "хвилини", "хвилину"]));
    let on = usize::from(reader.is_word(start + 1 + unit, &["на", "по", "до"]));
    let place = start + 1 + unit + on;
    // "десять третя" needs "на" or "за": without them it is two things.
    let tied = on == 1 || to || half;
    let hour = hour_word(reader, place).filter(|_| tied)?;
    let till = on == 1 && reader.is_word(start + 1 + unit, &["до"]);
    let after = on == 1 && reader.is_word(start + 1 + unit, &["по"]);
    if to || till {
        relate(place, hour, minutes, false)
    } else if after {
        relate(place, hour, minutes, true)
    } else {
        // "на третю": on the way to three, so it is two and some minutes.
        let hour = if hour == 1 { 12 } else { hour - 1 };
        Some(Clock { last: place, hour, minute: minutes, open: true })
    }
}

fn relate(last: usize, hour: u32, minutes: u32, past: bool) -> Option<Clock> {
    let (hour, minute) = match (past, hour) {
        (true, hour) => (hour, minutes),
        (false, 1) => (12, 60 - minutes),
        (false, hour) => (hour.checked_sub(1)?, 60 - minutes),
    };
    Some(Clock { last, hour, minute, open: true })
}

/// A feminine ordinal that can be an hour.
fn hour_word(reader: &Reader<'_>, at: usize) -> Option<u32> {
    let ItemKind::Number(number) = &reader.free(at)?.kind else { return None };
    let feminine = matches!(number.ordinal, Some(Ending::Feminine | Ending::Locative));
    (feminine && (1..=23).contains(&number.value())).then(|| number.value())
}

/// "о десятій двадцять", "at ten", "ten twenty", "10 o'clock", "на 9".
fn plain(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let ordinal = hour_word(reader, at);
    let hour = ordinal.or_else(|| reader.cardinal(at)).filter(|hour| *hour <= 23)?;
    let (minute, last) =
        minutes_after(reader, at).map_or((None, at), |(minute, last)| (Some(minute), last));
    let counted = reader.items.get(last + 1).is_some_and(|next| next.starts(COUNTED_AFTER));
    if counted {
        return None;
    }
    let preposed = reader.follows(at, AT);
    let marked = reader.is_word(last + 1, HOUR_WORDS) || half_after(reader, last).is_some();
    let strict =
        reader.follows(at, AT_STRICT) || (reader.follows(at, &["на"]) && (7..=20).contains(&hour));
    let certain = match (ordinal, minute) {
        (Some(_), Some(_)) => true,
        (Some(hour), None) => marked || preposed || hour > 3 && lone(reader, at, at),
        (None, Some(_)) => strict || marked || ((7..=20).contains(&hour) && lone(reader, at, last)),
        (None, None) => strict || marked,
    };
    certain.then(|| Clock { last, hour, minute: minute.unwrap_or(0), open: !is_padded(reader, at) })
}

/// "02" says that the day has twenty-four hours.
fn is_padded(reader: &Reader<'_>, at: usize) -> bool {
    reader.items[at].number().is_some_and(|number| number.digits.starts_with('0'))
}

/// True if no number stands beside the items `first` to `last`: a plate or a price does.
fn lone(reader: &Reader<'_>, first: usize, last: usize) -> bool {
    let number = |item: Option<&Item>| item.is_some_and(|item| item.number().is_some());
    !number(reader.before(first)) && !number(reader.items.get(last + 1))
}

/// The minutes right after an hour: 10 to 59, or "oh five"; and the last item.
fn minutes_after(reader: &Reader<'_>, at: usize) -> Option<(u32, usize)> {
    if let Some(minutes) = reader.cardinal(at + 2).filter(|minutes| *minutes < 60)
        && reader.is_word(at + 1, HOUR_WORDS)
        && reader.is_word(at + 3, MINUTE_WORDS)
    {
        return Some((minutes, at + 3));
    }
    let first = reader.cardinal(at + 1)?;
    let number = reader.free(at + 1)?.number()?;
    if number.digits == "0" {
        // "двадцять нуль три" is 2003, not a time.
        let minute = reader.cardinal(at + 2).filter(|digit| *digit == 5)?;
        return Some((minute, at + 2));
    }
    // Nobody books to the minute: other minutes need "at" before the hour.
    let likely = first.is_multiple_of(5) || reader.follows(at, AT_STRICT);
    let two_figures = number.digits.len() == 2 && first < 60;
    (two_figures && likely && lone_after(reader, at + 1)).then_some((first, at + 1))
}

fn lone_after(reader: &Reader<'_>, at: usize) -> bool {
    reader.items.get(at + 1).is_none_or(|item| item.number().is_none())
}
