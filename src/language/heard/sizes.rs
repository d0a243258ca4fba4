//! Tyre sizes as recognisers really write them, bound to the sizes that exist.
//!
//! "205/55 R16" comes back as "205-55R16", "205 55 16", "2055516", and, since a voice says "two
//! hundred … five, fifty-five", as "200, 555R 16". So the digits of neighbouring numbers are
//! joined and compared with the ways in which each existing size can come out. Several sizes
//! that fit are none: a wrong size is worse than a question.

use super::Heard;
use super::items::{Item, Number};
use super::number_words::Ending;
use super::reader::Reader;
use crate::shop::TireSize;

/// What may stand between the figures of a size. The last ones are "R" as it is misheard.
const BETWEEN_WORDS: &[&str] = &[
    "r",
    "р",
    "ер",
    "эр",
    "ар",
    "er",
    "are",
    "ar",
    "or",
    "our",
    "на",
    "by",
    "on",
    "x",
    "х",
    "slash",
    "slesh",
    "слеш",
    "слэш",
    "дріб",
    "дробь",
    "and",
    "over",
    "і",
    "й",
    "и",
    "inch",
    "rim",
    "radius",
    "diameter",
    "profile",
    "профіль",
    "профиль",
    "радіус",
    "радіусом",
    "радиус",
    "радиусом",
    "діаметр",
    "діаметром",
    "диаметр",
    "диаметром",
    "дюймів",
    "width",
    "ширина",
    "висота",
    "высота",
    "ширини",
    "висоти",
    "дробом",
    "через",
    "рі",
    "ри",
    "ір",
    "ир",
    "по",
    "риска",
    "тире",
    "дюймов",
    "ero",
    "hr",
    "zr",
];
const BETWEEN_MARKS: &[char] = &['/', '\\', '-', '–', ',', '.', ':', ';'];
/// A voice may spell a size digit by digit: seven numbers, eight with a half inch.
const NUMBERS_MAX: usize = 8;

/// A stretch of numbers that could be a size.
struct Window {
    first: usize,
    last: usize,
    numbers: Vec<Number>,
}

/// Takes all sizes out of the utterance.
pub(super) fn read(reader: &mut Reader<'_>) {
    let mut from = 0;
    while let Some(run) = next_run(reader, from) {
        from = run.last().map_or(from, |last| last + 1);
        read_run(reader, &run);
    }
}

/// The items of the next stretch of numbers with nothing but separators between them.
fn next_run(reader: &Reader<'_>, from: usize) -> Option<Vec<usize>> {
    let is_free_number = |at: usize| {
        !reader.used[at] && reader.items[at].number().is_some_and(|one| one.ordinal.is_none())
    };
    let first = (from..reader.items.len()).find(|at| is_free_number(*at))?;
    let mut run = vec![first];
    for at in first + 1..reader.items.len() {
        if is_free_number(at) {
            run.push(at);
        } else if is_free_rim(reader, at) {
            run.push(at);
            break;
        } else if reader.used[at] || !is_between(&reader.items[at]) {
            break;
        }
    }
    Some(run)
}

/// "Двісті п'ять п'ятдесят п'ять, шістнадцятий радіус": an ordinal ends a size.
fn is_free_rim(reader: &Reader<'_>, at: usize) -> bool {
    reader.free(at).and_then(Item::number).is_some_and(|number| {
        matches!(
            number.ordinal,
            Some(Ending::Masculine | Ending::Genitive | Ending::Plural | Ending::Other)
        ) && (12..=24).contains(&number.value())
    })
}

fn is_between(item: &Item) -> bool {
    item.is_any(BETWEEN_WORDS) || item.mark().is_some_and(|mark| BETWEEN_MARKS.contains(&mark))
}

/// Takes sizes out of one stretch, left to right, the longest windows first.
fn read_run(reader: &mut Reader<'_>, run: &[usize]) {
    let mut at = 0;
    while at < run.len() {
        let longest = NUMBERS_MAX.min(run.len() - at);
        let hit = (1..=longest).rev().find_map(|length| {
            let window = Window {
                first: run[at],
                last: run[at + length - 1],
                numbers: run[at..at + length]
                    .iter()
                    .filter_map(|item| reader.items[*item].number().cloned())
                    .collect(),
            };
            resolve(reader, &window).map(|found| (length, window, found))
        });
        match hit {
            Some((length, window, (size, end))) => {
                reader.take(window.first, end, Heard::TireSize(size));
                drop_indices(reader, end + 1);
                at += length;
            }
            None => at += 1,
        }
    }
}

/// "205/55 R16 *94V*": what load and speed a tyre bears follows its size.
fn drop_indices(reader: &mut Reader<'_>, at: usize) {
    const SPEEDS: &[&str] =
        &["h", "v", "t", "w", "y", "q", "s", "r", "н", "т", "аш", "ве", "те", "ха", "в"];
    let load = reader.free(at).and_then(Item::number).map_or(0, Number::value);
    let speed = reader.is_word(at + 1, SPEEDS)
        && (reader.items[at + 1].glued || reader.free(at + 2).and_then(Item::word).is_none());
    if (60..=130).contains(&load) && speed {
        reader.drop_items(at, at + 1);
    }
}

/// The one size that a window stands for, and the item it ends with.
fn resolve(reader: &Reader<'_>, window: &Window) -> Option<(TireSize, usize)> {
    let digits: String = window.numbers.iter().map(|number| number.digits.as_str()).collect();
    if !(7..=10).contains(&digits.len()) {
        return None;
    }
    let suffix = commercial_suffix(reader, window.last);
    let fits = |exact: bool| {
        let mut sizes: Vec<TireSize> = reader
            .context
            .sizes
            .iter()
            .filter(|size| writings(**size, exact).any(|writing| writing == digits))
            .copied()
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    };
    let mut found = fits(true);
    if found.is_empty() {
        found = fits(false);
    }
    // The C is said only by those who know that they drive a van: it picks among existing sizes.
    if found.iter().any(|size| size.commercial == suffix.is_some()) {
        found.retain(|size| size.commercial == suffix.is_some());
    }
    let size = match found.as_slice() {
        [only] => *only,
        [] => {
            let point = reader
                .before(window.last)
                .is_some_and(|item| item.mark() == Some('.') || item.is_any(&["point"]));
            clean(&digits, &window.numbers, point, suffix.is_some())?
        }
        _ => return None,
    };
    let noun = reader.free(window.last + 1).is_some_and(|item| {
        item.starts(&["радіус", "радиус", "діаметр", "диаметр", "дюйм", "inch"])
    });
    Some((size, suffix.unwrap_or(window.last + usize::from(noun))))
}

/// The item with the C of "R16C", if it follows.
fn commercial_suffix(reader: &Reader<'_>, last: usize) -> Option<usize> {
    let item = reader.items.get(last + 1)?;
    let spelled = item.is_any(&["c", "с", "ц", "це"]) && !reader.used[last + 1];
    // "с" is also a preposition in the mixed speech of some callers: apart, only at the end counts.
    let counts = item.glued || reader.items.get(last + 2).is_none_or(|next| next.mark().is_some());
    (spelled && counts).then_some(last + 1)
}

/// The digit strings in which a size can come out.
fn writings(size: TireSize, exact: bool) -> impl Iterator<Item = String> {
    let rim = if size.rim_tenths.is_multiple_of(10) {
        (size.rim_tenths / 10).to_string()
    } else {
        size.rim_tenths.to_string()
    };
    let apart = |value: u16, unit: u16| {
        (!value.is_multiple_of(unit)).then(|| format!("{}{}", value / unit * unit, value % unit))
    };
    let mut widths = vec![size.width.to_string()];
    let mut profiles = vec![size.profile.to_string()];
    if !exact {
        // "two hundred" "five", "fifty" "five".
        widths.extend(apart(size.width, 100));
        profiles.extend(apart(size.profile, 10));
    }
    widths.into_iter().flat_map(move |width| {
        let rim = rim.clone();
        profiles.clone().into_iter().map(move |profile| format!("{width}{profile}{rim}"))
    })
}

/// A size that the catalogue lacks, but that was said cleanly: width, profile and rim as three
/// numbers (or all in one), with values that tyres have.
fn clean(digits: &str, numbers: &[Number], point: bool, commercial: bool) -> Option<TireSize> {
    let lengths: Vec<usize> = numbers.iter().map(|number| number.digits.len()).collect();
    let half_inch = point && matches!(lengths.as_slice(), [3, 2, 2, 1]) && digits.ends_with('5');
    let tidy = matches!(lengths.as_slice(), [3, 2, 2] | [7] | [3, 4] | [5, 2]) || half_inch;
    // Spelled digit by digit or in pairs counts too, when it comes to seven digits in all.
    let spelled = lengths.len() >= 4 && digits.len() == 7;
    if !tidy && !spelled {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let mut size = TireSize::new(part(0, 3)?, part(3, 5)?, part(5, 7)?)?;
    let usual = size.width % 10 == 5 && size.profile % 5 == 0 && size.rim_tenths >= 120;
    if half_inch {
        size.rim_tenths += 5;
    }
    size.commercial = commercial;
    usual.then_some(size)
}
