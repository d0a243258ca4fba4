//! Times of day by their figures or their hour: "10:20", "о десятій двадцять", "в десять утра".

use super::Heard;
use super::items::Item;
use super::number_words::Ending;
use super::reader::Reader;
use super::relations::{self, hour_word};
use super::time_words::{
    AFTER_HOUR, AT, AT_LOOSE, AT_STRICT, COUNTED_AFTER, HALVES, HOUR_WORDS, MINUTE_WORDS,
};
use chrono::NaiveTime;

/// A clock reading before it is known which half of the day is meant.
pub(super) struct Clock {
    pub last: usize,
    pub hour: u32,
    pub minute: u32,
    /// False for "02:30" or "14:30" in figures: nothing is left open there.
    pub open: bool,
}

/// Takes times that are told by a relation. Runs before days: Russian hours look like days there.
pub(super) fn read_relations(reader: &mut Reader<'_>) {
    read_with(reader, relations::read);
}

/// Takes the other times out of the utterance.
pub(super) fn read(reader: &mut Reader<'_>) {
    read_with(reader, |reader, at| {
        named(reader, at)
            .or_else(|| figures(reader, at))
            .or_else(|| one_o_clock(reader, at))
            .or_else(|| plain(reader, at))
    });
}

fn read_with(reader: &mut Reader<'_>, clock_at: impl Fn(&Reader<'_>, usize) -> Option<Clock>) {
    for at in 0..reader.items.len() {
        if reader.free(at).is_none() {
            continue;
        }
        let clock = clock_at(reader, at);
        if let Some((last, time)) = clock.and_then(|clock| settle(reader, at, &clock)) {
            reader.take(at, last, Heard::Time(time));
        }
    }
}

/// "noon", "опівдні".
fn named(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let noon = ["noon", "midday", "опівдні", "полудень", "полдень", "півдня", "обідню"];
    let midnight = ["midnight", "опівночі", "полночь", "північ"];
    let half_day = reader.follows(at, &["пів"]) || reader.is_word(at, &["півдня", "обідню"]);
    let hour = if reader.is_word(at, &noon) && !half_day {
        12
    } else if reader.is_word(at, &midnight) {
        0
    } else {
        return None;
    };
    Some(Clock { last: at, hour, minute: 0, open: false })
}

/// Reads what follows ("am", "дня") or leads ("ввечері о …") and closes the question of the half
/// of the day. A shop works by day, so an open hour from one to six is in the afternoon.
fn settle(reader: &Reader<'_>, first: usize, clock: &Clock) -> Option<(usize, NaiveTime)> {
    let mut last = clock.last;
    last += usize::from(reader.is_word(last + 1, HOUR_WORDS));
    let half = half_after(reader, last)
        .map(|(length, afternoon)| {
            last += length;
            afternoon
        })
        .or_else(|| half_before(reader, first));
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

/// "ввечері о сьомій": the half of the day is named shortly before.
fn half_before(reader: &Reader<'_>, first: usize) -> Option<bool> {
    let lead = &reader.items[first.saturating_sub(4)..first];
    lead.iter().rev().find_map(|item| {
        let evening = item.is_any(&["ввечері", "увечері", "вечером", "evening", "afternoon"]);
        let morning =
            item.is_any(&["вранці", "зранку", "уранці", "утром", "morning", "ночью", "вночі"]);
        if evening {
            Some(true)
        } else if morning {
            Some(false)
        } else {
            None
        }
    })
}

/// "10:20", "10:20:00", "at 10.20", "о 10-20", "о 1020".
fn figures(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let written =
        |at: usize| reader.free(at)?.number().filter(|one| one.written && one.ordinal.is_none());
    let first = written(at)?;
    let at_before = reader.follows(at, AT) && !reader.follows(at, &["по", "with"]);
    let mark = reader.free(at + 1).filter(|item| item.glued).and_then(Item::mark);
    if let (Some(mark), Some(second)) = (mark, written(at + 2)) {
        // "10.20" alone can be nothing else: there is no twentieth month.
        let bare = mark == '.'
            && (7..=20).contains(&first.value())
            && (15..60).contains(&second.value())
            && second.value().is_multiple_of(5);
        let clear = mark == ':' || bare || (matches!(mark, '.' | '-' | ',') && at_before);
        let two_figures = second.digits.len() == 2 && first.digits.len() <= 2;
        if clear && two_figures && reader.items[at + 2].glued && second.value() < 60 {
            let seconds = reader.free(at + 3).and_then(Item::mark) == Some(':')
                && written(at + 4).is_some_and(|one| one.digits == "00");
            let last = at + 2 + if seconds { 2 } else { 0 };
            let open = first.digits.len() == 1;
            return Some(Clock { last, hour: first.value(), minute: second.value(), open });
        }
    }
    let (hour, minute) = (first.value() / 100, first.value() % 100);
    let by_day = (7..=19).contains(&hour) && minute.is_multiple_of(5);
    let solid = (reader.follows(at, AT_STRICT) && (3..=4).contains(&first.digits.len()))
        || (reader.follows(at, &["на", "в", "у"]) && first.digits.len() == 4 && by_day);
    (solid && minute < 60 && hour < 24).then_some(Clock { last: at, hour, minute, open: true })
}

/// The Russian "в час", "час дня", "в час тридцать"; "час" is time itself in Ukrainian.
fn one_o_clock(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    if !reader.russian || !reader.is_word(at, &["час", "часу", "часа"]) {
        return None;
    }
    let half = half_after(reader, at).is_some();
    let preposed = reader.follows(at, &["в", "на", "к", "до", "после", "около", "с"]);
    let (minute, last) = minutes_after(reader, at).unwrap_or((0, at));
    let plain = reader.free(last + 1).and_then(Item::word).is_none()
        || reader.is_word(last + 1, &["если", "или", "пожалуйста", "можно", "и", "а", "вас"]);
    (half || preposed && plain).then_some(Clock { last, hour: 1, minute, open: true })
}

/// "о десятій двадцять", "at ten", "ten twenty", "10 o'clock", "на 9", "в десять утра".
fn plain(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let ordinal = hour_word(reader, at).or_else(|| slurred_hour(reader, at));
    let hour = ordinal.or_else(|| reader.cardinal(at)).filter(|hour| *hour <= 23)?;
    let (minute, last) =
        minutes_after(reader, at).map_or((None, at), |(minute, last)| (Some(minute), last));
    if reader.items.get(last + 1).is_some_and(|next| next.starts(COUNTED_AFTER) && !is_half(next)) {
        return None;
    }
    // "Між другою і третьою".
    let preposed = reader.follows(at, AT)
        || reader.follows(at, &["і", "й", "та", "и"]) && ends_span(reader, at);
    if ordinal.is_some() && minute.is_none() && weekday_next(reader, at) {
        return None;
    }
    let half = half_after(reader, last).is_some()
        || half_after(reader, last + 1).is_some() && reader.is_word(last + 1, HOUR_WORDS);
    let hour_named = reader.is_word(last + 1, HOUR_WORDS);
    let strict = reader.follows(at, AT_STRICT) || loosely_timed(reader, at, last, hour);
    let lasting = reader.follows(
        at,
        &["через", "за", "уже", "вже", "жду", "чекаю", "целых", "протягом", "минимум", "мінімум"],
    ) || reader.is_word(last + 2, &["тому", "назад"]);
    // "Дві години" last two hours: Ukrainian tells the time by ordinals.
    let told = hour_named
        && !lasting
        && (preposed || reader.is_word(last + 1, &["o'clock", "oclock", "часов"]));
    let certain = match (ordinal, minute) {
        (Some(_), Some(_)) => true,
        (Some(hour), None) => half || hour_named || preposed || hour > 3 && lone(reader, at, at),
        (None, Some(_)) => {
            strict || half || told || ((7..=20).contains(&hour) && lone(reader, at, last))
        }
        (None, None) => strict && !lasting || half || told,
    };
    certain.then(|| Clock { last, hour, minute: minute.unwrap_or(0), open: !is_padded(reader, at) })
}

/// "У другу п'ятницю": the ordinal counts Fridays.
fn weekday_next(reader: &Reader<'_>, at: usize) -> bool {
    let next = reader.items.get(at + 1).map(|item| item.start);
    reader
        .found
        .iter()
        .any(|found| Some(found.start) == next && matches!(found.value, Heard::Weekday(_)))
}

/// "дня" after an hour is no count of days.
fn is_half(item: &Item) -> bool {
    item.is_any(&["дня"])
}

/// "о десятий": after "о" any ordinal is an hour, whatever the recogniser made of its ending.
fn slurred_hour(reader: &Reader<'_>, at: usize) -> Option<u32> {
    let number = reader.free(at)?.number()?;
    let slurred =
        matches!(number.ordinal, Some(Ending::Masculine | Ending::Other | Ending::Plural));
    let hour = number.value();
    (slurred && reader.follows(at, &["о", "об"]) && (1..=23).contains(&hour)).then_some(hour)
}

/// "на девять", "в три": a number of the working day after a preposition, with nothing counted.
fn loosely_timed(reader: &Reader<'_>, at: usize, last: usize, hour: u32) -> bool {
    // "Between ten *and twelve*", "from nine *to eleven*".
    if reader.follows(at, &["and", "та", "і", "и", "to"]) && ends_span(reader, at) {
        return true;
    }
    if !reader.follows(at, AT_LOOSE) {
        return false;
    }
    let ends =
        reader.free(last + 1).and_then(Item::word).is_none_or(|word| AFTER_HOUR.contains(&word));
    let rim = hour >= 13 && reader.follows(at, &["на"]) && about_tyres(reader);
    // "В три подъеду": a small hour needs a preposition that counts nothing.
    let small = [
        "в",
        "у",
        "к",
        "після",
        "после",
        "around",
        "before",
        "after",
        "by",
        "until",
        "till",
        "than",
        "раньше",
        "позже",
    ];
    (7..=20).contains(&hour) && !rim
        || (1..=6).contains(&hour)
            && (ends && reader.follows(at, AT_LOOSE)
                || reader.follows(at, &small)
                || until(reader, at))
}

/// The end of a stretch: "з дев'яти до п'яти".
fn until(reader: &Reader<'_>, at: usize) -> bool {
    reader.follows(at, &["до", "to"]) && ends_span(reader, at)
}

/// A time stands right before the word before `at`.
fn ends_span(reader: &Reader<'_>, at: usize) -> bool {
    let end = at.checked_sub(2).map(|two| reader.items[two].end);
    reader.found.iter().any(|found| Some(found.end) == end && matches!(found.value, Heard::Time(_)))
}

/// The caller speaks of tyres, so a number is rather a rim than an hour.
fn about_tyres(reader: &Reader<'_>) -> bool {
    const TYRES: &[&str] = &[
        "шин",
        "гум",
        "резин",
        "колес",
        "коліс",
        "колёс",
        "диск",
        "покриш",
        "покрыш",
        "скат",
        "зимов",
        "зимн",
        "літн",
        "летн",
        "всесезон",
        "радіус",
        "радиус",
    ];
    reader.items.iter().any(|item| item.starts(TYRES) && !item.starts(&["шиномонтаж"]))
}

/// "02" says that the day has twenty-four hours.
fn is_padded(reader: &Reader<'_>, at: usize) -> bool {
    reader.items[at].number().is_some_and(|number| number.digits.starts_with('0'))
}

/// True if no number stands beside the items `first` to `last`: a plate or a price does.
fn lone(reader: &Reader<'_>, first: usize, last: usize) -> bool {
    let number = |item: Option<&Item>| item.is_some_and(|item| item.number().is_some());
    let before = first.checked_sub(1).filter(|before| !reader.used[*before]);
    let after = Some(last + 1).filter(|after| reader.free(*after).is_some());
    !number(before.and_then(|at| reader.items.get(at)))
        && !number(after.and_then(|at| reader.items.get(at)))
}

/// The minutes right after an hour: 10 to 59, or "oh five"; and the last item.
fn minutes_after(reader: &Reader<'_>, at: usize) -> Option<(u32, usize)> {
    let named = usize::from(reader.is_word(at + 1, HOUR_WORDS));
    let and = usize::from(named == 1 && reader.is_word(at + 2, &["і", "и", "та"]));
    if let Some(minutes) = reader.cardinal(at + 1 + named + and).filter(|minutes| *minutes < 60) {
        let place = at + 1 + named + and;
        if reader.is_word(place + 1, MINUTE_WORDS) {
            return Some((minutes, place + 1));
        }
        if named == 1 && minutes.is_multiple_of(5) && minutes > 5 && lone_after(reader, place) {
            return Some((minutes, place));
        }
    }
    let hyphen = usize::from(
        reader.free(at + 1).is_some_and(|item| item.mark() == Some('-') && item.glued)
            && reader.items[at].number().is_some_and(|number| !number.written),
    );
    let place = at + 1 + hyphen;
    let first = reader.cardinal(place)?;
    let number = reader.free(place)?.number()?;
    if number.digits == "0" {
        // "двадцять нуль три" is 2003, not a time.
        let minute = reader.cardinal(place + 1).filter(|digit| matches!(*digit, 0 | 5))?;
        return Some((minute, place + 1));
    }
    // Nobody books to the minute: other minutes need "at" before the hour.
    let likely = first.is_multiple_of(5) || reader.follows(at, AT_STRICT);
    let two_figures = number.digits.len() == 2 && first < 60;
    (two_figures && likely && lone_after(reader, place)).then_some((first, place))
}

fn lone_after(reader: &Reader<'_>, at: usize) -> bool {
    reader.free(at + 1).is_none_or(|item| item.number().is_none())
}
