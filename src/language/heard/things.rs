//! Seasons, and "the earliest time you have".

use super::Heard;
use super::reader::Reader;
use crate::shop::Season;

/// Takes seasons.
pub(super) fn read_seasons(reader: &mut Reader<'_>) {
    const PHRASES: &[(&str, Season)] = &[
        ("all season", Season::AllSeason),
        ("all seasons", Season::AllSeason),
        ("all weather", Season::AllSeason),
        ("four season", Season::AllSeason),
        ("всесезон*", Season::AllSeason),
        ("всі сезон*", Season::AllSeason),
        ("winter*", Season::Winter),
        ("зимов*", Season::Winter),
        ("всєсезон*", Season::AllSeason),
        ("всесизон*", Season::AllSeason),
        ("все сезонн*", Season::AllSeason),
        ("усесезон*", Season::AllSeason),
        ("демісезон*", Season::AllSeason),
        ("демисезон*", Season::AllSeason),
        ("цілорічн*", Season::AllSeason),
        ("круглогодичн*", Season::AllSeason),
        ("year round", Season::AllSeason),
        ("allseason*", Season::AllSeason),
        ("snow tyre*", Season::Winter),
        ("snow tire*", Season::Winter),
        ("зимн*", Season::Winter),
        ("зима", Season::Winter),
        ("зиму", Season::Winter),
        ("для зими", Season::Winter),
        ("для зимы", Season::Winter),
        ("зимку", Season::Winter),
        ("зимка", Season::Winter),
        ("summer*", Season::Summer),
        ("літн*", Season::Summer),
        ("лєтн*", Season::Summer),
        ("летн*", Season::Summer),
        ("літо", Season::Summer),
        ("лето", Season::Summer),
        ("літку", Season::Summer),
        ("літка", Season::Summer),
        ("для літа", Season::Summer),
        ("для лета", Season::Summer),
    ];
    for at in 0..reader.items.len() {
        // "all-season" has a hyphen that the phrases do not know.
        let hyphenated = reader.is_word(at, &["all", "four"])
            && reader.free(at + 1).and_then(super::items::Item::mark) == Some('-')
            && reader.is_word(at + 2, &["season", "seasons", "weather"]);
        let hit = if hyphenated {
            Some((3, Season::AllSeason))
        } else {
            PHRASES.iter().find_map(|(phrase, season)| Some((reader.phrase(at, phrase)?, *season)))
        };
        if let Some((length, season)) = hit {
            reader.take(at, at + length - 1, Heard::Season(season));
        }
    }
}

/// Takes wishes for the first free time.
pub(super) fn read_earliest(reader: &mut Reader<'_>) {
    const PHRASES: &[&str] = &[
        "the earliest",
        "earliest",
        "as early as possible",
        "as soon as possible",
        "asap",
        "soonest",
        "the soonest",
        "first available",
        "next available",
        "first free",
        "next free",
        "nearest time",
        "nearest date",
        "nearest slot",
        "first time you have",
        "first slot",
        "any time",
        "whatever is first",
        "whatever's first",
        "whichever is first",
        "whatever comes first",
        "first one you have",
        "first thing you have",
        "quick as possible",
        "quickly as possible",
        "anytime",
        "whenever",
        "right away",
        "якнайшвидше",
        "якнайскоріше",
        "якомога швидше",
        "якомога раніше",
        "найшвидше",
        "найраніш*",
        "перший вільн*",
        "перше вільн*",
        "перший доступн*",
        "перше доступн*",
        "будь коли",
        "як найшвидше",
        "якнайраніше",
        "як найраніше",
        "якомога скоріше",
        "що є найближче",
        "найближче що є",
        "коли найближче",
        "найближчим часом",
        "чим раніше",
        "чим швидше",
        "перше вікно",
        "как можно скорее",
        "как можно раньше",
        "как можно быстрее",
        "побыстрее",
        "чем раньше",
        "чем быстрее",
        "поскорее",
        "самое раннее",
        "раньше всего",
        "пораньше",
        "самое быстрое",
        "самое ближайшее",
        "первое свободное",
        "первое окно",
        "первый свободн*",
    ];
    for at in 0..reader.items.len() {
        let length = PHRASES.iter().filter_map(|phrase| reader.phrase(at, phrase)).max();
        let length = length.or_else(|| nearest_in_time(reader, at).then_some(1));
        let Some(length) = length else { continue };
        // The nouns belong to the wish.
        let mut last = at + length - 1;
        let nouns = [
            "time",
            "slot",
            "date",
            "day",
            "appointment",
            "possible",
            "available",
            "час",
            "дату",
            "дата",
            "день",
            "вікно",
            "можливий",
            "вільний",
        ];
        while reader.is_word(last + 1, &nouns) {
            last += 1;
        }
        reader.take(at, last, Heard::Earliest);
    }
}

/// "Найближчий" is soonest, unless it is about a place.
fn nearest_in_time(reader: &Reader<'_>, at: usize) -> bool {
    let nearest = reader.free(at).is_some_and(|item| item.starts(&["найближч", "ближайш"]));
    let place = (at.saturating_sub(2)..at + 4).any(|near| {
        reader.items.get(near).is_some_and(|item| {
            item.starts(&[
                "станц",
                "адрес",
                "точк",
                "філі",
                "магазин",
                "сервіс",
                "пункт",
                "відділен",
                "шиномонтаж",
                "мене",
                "метро",
                "станци",
                "филиал",
                "меня",
                "отделен",
                "п'ятниц",
                "дорог",
                "шлях",
                "вулиц",
                "улиц",
            ])
        })
    });
    nearest && !place
}
