//! Seasons, brands, names, and "the earliest time you have".

use super::Heard;
use super::items::ItemKind;
use super::reader::Reader;
use crate::language::words::fold;
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
        ("зима", Season::Winter),
        ("зиму", Season::Winter),
        ("зимку", Season::Winter),
        ("summer*", Season::Summer),
        ("літн*", Season::Summer),
        ("літо", Season::Summer),
        ("літа", Season::Summer),
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
        let Some((length, season)) = hit else { continue };
        if reader.follows(at, &["not", "не"]) {
            reader.drop_items(at, at + length - 1);
        } else {
            reader.take(at, at + length - 1, Heard::Season(season));
        }
    }
}

/// How Ukrainian recognisers write brands, and how English ones mishear them: stems, folded.
const BRAND_STEMS: &[(&str, &[&str])] = &[
    (
        "michelin",
        &["мішлен", "мішелін", "мишлен", "мішлін", "michel", "mitchell in", "mitchell", "michelle"],
    ),
    ("nokian", &["нокіан", "нокиан", "nokia"]),
    ("continental", &["континенталь", "континентал"]),
    ("bridgestone", &["бріджстоун", "бриджстоун", "брідж стоун", "bridge stone"]),
    ("goodyear", &["гудієр", "гудір", "гудйир", "гуд'єр", "гудіер", "good year"]),
    ("pirelli", &["піреллі", "пірелі", "пирелли"]),
    ("hankook", &["ханкук", "hancook", "han cook", "hancock"]),
    ("yokohama", &["йокогам", "йокохам", "екогам"]),
    ("toyo", &["тойо"]),
    ("dunlop", &["данлоп"]),
    ("kumho", &["кумхо", "кумго"]),
    ("nexen", &["нексен"]),
    ("matador", &["матадор"]),
    ("barum", &["барум"]),
    ("debica", &["дебіц"]),
    ("sava", &["сава", "саву", "сави"]),
    ("kormoran", &["корморан"]),
    ("premiorri", &["преміор", "премьор", "премиор"]),
    ("rosava", &["росав", "rossava", "rosa va"]),
    ("belshina", &["белшин"]),
    ("tigar", &["тігар"]),
    ("lassa", &["ласса"]),
    ("gislaved", &["гіславед"]),
    ("vredestein", &["вредестайн"]),
    ("firestone", &["файрстоун"]),
    ("uniroyal", &["юніроял"]),
    ("fulda", &["фульда", "фульду", "фульди"]),
    ("laufenn", &["лауфен"]),
];

/// Takes brands of the catalogue, as the catalogue writes them.
pub(super) fn read_brands(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let hit = reader.context.brands.iter().find_map(|brand| {
            let length = brand_at(reader, at, &fold(brand))?;
            Some((length, brand.clone()))
        });
        let Some((length, brand)) = hit else { continue };
        if reader.follows(at, &["not", "не"]) {
            reader.drop_items(at, at + length - 1);
        } else {
            reader.take(at, at + length - 1, Heard::Brand(brand));
        }
    }
}

/// How many items name this brand (folded) at `at`.
fn brand_at(reader: &Reader<'_>, at: usize, brand: &str) -> Option<usize> {
    let word = reader.free(at)?.word()?;
    if let Some(length) = reader.phrase(at, brand) {
        return Some(length);
    }
    let stems =
        BRAND_STEMS.iter().find(|(name, _)| *name == brand).map_or(&[][..], |(_, stems)| *stems);
    let alias = stems.iter().find_map(|stem| {
        if stem.contains(' ') || stem.is_ascii() {
            return reader.phrase(at, stem);
        }
        // A case ending is at most three letters more.
        let rest = word.strip_prefix(stem)?;
        (rest.chars().count() <= 3).then_some(1)
    });
    alias.or_else(|| {
        // One wrong letter in a long word is a mishearing; in a short one it is another word.
        let long = brand.chars().count() >= 6 && word.chars().count() >= 6;
        (long && one_edit_apart(word, brand)).then_some(1)
    })
}

/// True if one letter added, dropped or replaced makes the words equal.
fn one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same_head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest_short = short.len() - same_head;
    match long.len() - short.len() {
        0 => rest_short == 0 || short[same_head + 1..] == long[same_head + 1..],
        1 => short[same_head..] == long[same_head + 1..],
        _ => false,
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
        "коли найближче",
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
    let nearest = reader.free(at).is_some_and(|item| item.starts(&["найближч"]));
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
            ])
        })
    });
    nearest && !place
}

/// Takes the caller's own name: "my name is X", "I'm X", "мене звати X" and nothing less.
pub(super) fn read_names(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let sure =
            ["my name is", "my name's", "the name is", "мене звати", "мене звуть", "моє ім'я"]
                .iter()
                .find_map(|phrase| reader.phrase(at, phrase));
        let weak = ["i'm", "i am"].iter().find_map(|phrase| reader.phrase(at, phrase));
        let Some(length) = sure.or(weak) else { continue };
        let mut first = at + length;
        // "My name is, um, Ann": commas and fillers in between.
        while reader.is_word(first, &["um", "uh", "ну", "е"])
            || sure.is_some() && reader.free(first).and_then(super::items::Item::mark) == Some(',')
        {
            first += 1;
        }
        if let Some((last, name)) = name_at(reader, first, sure.is_none()) {
            reader.drop_items(at, first);
            reader.take(first, last, Heard::Name(name));
        }
    }
}

/// One or two words of a name. After a weak lead ("I'm") they must be capitalised in the text.
fn name_at(reader: &Reader<'_>, first: usize, capital_needed: bool) -> Option<(usize, String)> {
    let mut names: Vec<String> = Vec::new();
    let mut last = first;
    for at in first..first + 2 {
        let Some(item) = reader.free(at) else { break };
        let ItemKind::Word(word) = &item.kind else { break };
        let original = &reader.text[item.start..item.end];
        let capital = original.chars().next().is_some_and(char::is_uppercase);
        // A second word without a capital beside a first one with it begins the rest.
        let needed = capital_needed || (at > first && starts_upper(&names));
        if NOT_NAMES.contains(&word.as_str()) || (needed && !capital) || word.chars().count() < 2 {
            break;
        }
        names.push(capital_then_rest(original));
        last = at;
    }
    (!names.is_empty()).then(|| (last, names.join(" ")))
}

fn starts_upper(names: &[String]) -> bool {
    names.first().is_some_and(|name| name.chars().next().is_some_and(char::is_uppercase))
}

fn capital_then_rest(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Words after "my name is" that begin something else.
const NOT_NAMES: &[&str] = &[
    "not",
    "on",
    "in",
    "the",
    "a",
    "an",
    "and",
    "from",
    "calling",
    "looking",
    "here",
    "sorry",
    "fine",
    "ok",
    "okay",
    "yes",
    "no",
    "i",
    "i'm",
    "my",
    "is",
    "it",
    "that",
    "this",
    "for",
    "with",
    "at",
    "to",
    "just",
    "so",
    "well",
    "interested",
    "afraid",
    "sure",
    "ready",
    "happy",
    "good",
    "free",
    "by",
    "but",
    "if",
    "please",
    "thank",
    "thanks",
    "driving",
    "going",
    "trying",
    "не",
    "і",
    "й",
    "та",
    "а",
    "я",
    "на",
    "у",
    "в",
    "з",
    "із",
    "мені",
    "хочу",
    "телефоную",
    "дзвоню",
    "так",
    "ні",
    "там",
    "це",
    "будь",
    "дякую",
    "машина",
    "автомобіль",
    "авто",
    "номер",
    "потрібно",
    "треба",
    "запишіть",
];
