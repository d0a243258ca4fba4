//! Cities that orders go to, as they are written in each language: a caller declines them.

use crate::language::Language;
use crate::shop::place_named_in;

/// (English, Ukrainian, Russian).
const CITIES: [(&str, &str, &str); 34] = [
    ("Kyiv", "Київ", "Киев"),
    ("Kharkiv", "Харків", "Харьков"),
    ("Odesa", "Одеса", "Одесса"),
    ("Dnipro", "Дніпро", "Днепр"),
    ("Lviv", "Львів", "Львов"),
    ("Zaporizhzhia", "Запоріжжя", "Запорожье"),
    ("Kryvyi Rih", "Кривий Ріг", "Кривой Рог"),
    ("Mykolaiv", "Миколаїв", "Николаев"),
    ("Vinnytsia", "Вінниця", "Винница"),
    ("Poltava", "Полтава", "Полтава"),
    ("Chernihiv", "Чернігів", "Чернигов"),
    ("Cherkasy", "Черкаси", "Черкассы"),
    ("Khmelnytskyi", "Хмельницький", "Хмельницкий"),
    ("Zhytomyr", "Житомир", "Житомир"),
    ("Sumy", "Суми", "Сумы"),
    ("Rivne", "Рівне", "Ровно"),
    ("Ivano-Frankivsk", "Івано-Франківськ", "Ивано-Франковск"),
    ("Ternopil", "Тернопіль", "Тернополь"),
    ("Lutsk", "Луцьк", "Луцк"),
    ("Uzhhorod", "Ужгород", "Ужгород"),
    ("Chernivtsi", "Чернівці", "Черновцы"),
    ("Kropyvnytskyi", "Кропивницький", "Кропивницкий"),
    ("Kremenchuk", "Кременчук", "Кременчуг"),
    ("Bila Tserkva", "Біла Церква", "Белая Церковь"),
    ("Brovary", "Бровари", "Бровары"),
    ("Boryspil", "Бориспіль", "Борисполь"),
    ("Irpin", "Ірпінь", "Ирпень"),
    ("Bucha", "Буча", "Буча"),
    ("Kherson", "Херсон", "Херсон"),
    ("Mukachevo", "Мукачево", "Мукачево"),
    ("Uman", "Умань", "Умань"),
    ("Nizhyn", "Ніжин", "Нежин"),
    ("Kamianske", "Кам'янське", "Каменское"),
    ("Nikopol", "Нікополь", "Никополь"),
];

/// The city that a line names, in the call's language.
pub(super) fn city_in(line: &str, language: Language) -> Option<String> {
    let lower = line.to_lowercase();
    let street = STREETS.iter().any(|street| lower.contains(street));
    // "Київська вулиця" is a street; so is any city in an address.
    let near = CITIES.iter().filter(|(en, uk, ru)| place_named_in(line, &[en, uk, ru]));
    let named: Vec<_> = near.collect();
    let (en, uk, ru) = named.first().filter(|_| !street || names_it_plainly(&lower, &named))?;
    Some(String::from(match language {
        Language::En => *en,
        Language::Uk => *uk,
        Language::Ru => *ru,
    }))
}

/// What follows the city that a line names first; `None` if it names none or nothing follows.
pub(super) fn after_city(line: &str) -> Option<&str> {
    let part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | 'ʼ' | '-');
    let mut from = 0;
    while let Some(start) = line[from..].find(part).map(|at| from + at) {
        let end = line[start..].find(|c| !part(c)).map_or(line.len(), |at| start + at);
        let word = &line[start..end];
        let city = CITIES.iter().find(|(en, uk, ru)| {
            // Of two words the last: "Bila Tserkva".
            [en, uk, ru].iter().any(|name| {
                name.split(' ').next_back().is_some_and(|last| place_named_in(word, &[last]))
            })
        });
        if city.is_some() {
            let rest = line[end..].trim_start_matches(|c: char| !c.is_alphanumeric());
            // "Lvivska street" is no city.
            let street = names_street(rest.split_whitespace().next().unwrap_or_default());
            let adjective = street && !line[end..].trim_start().starts_with([',', '.']);
            return (!rest.is_empty() && !adjective).then_some(rest);
        }
        from = end;
    }
    None
}

/// True if a line speaks of a street or of a carrier's branch.
pub(in crate::llm::local) fn names_street(line: &str) -> bool {
    let lower = line.to_lowercase();
    STREETS.iter().chain(&BRANCHES).any(|word| lower.contains(word))
}

/// What is said before the number of a branch or a house: no number after it counts tyres.
pub(in crate::llm::local) fn before_address(line: &str) -> String {
    let names = |word: &&str| names_street(word) || word.contains('№');
    line.split_whitespace().take_while(|word| !names(word)).collect::<Vec<_>>().join(" ")
}

/// A city's name as Russian speech has it; anything else as it is.
pub(in crate::llm::local) fn in_russian(name: &str) -> &str {
    CITIES.iter().find(|(en, uk, _)| *uk == name || *en == name).map_or(name, |(_, _, ru)| ru)
}

/// In an address a city counts only as the first word, or after "city of".
fn names_it_plainly(lower: &str, named: &[&(&str, &str, &str)]) -> bool {
    let first: String = lower.split([',', '.']).next().unwrap_or_default().to_owned();
    let words = first.split_whitespace().count();
    words <= 3 && named.iter().any(|(en, uk, ru)| place_named_in(&first, &[en, uk, ru]))
}

/// Words that make a line an address.
const STREETS: [&str; 12] = [
    "вул",
    "ул.",
    "улиц",
    "просп",
    "шосе",
    "шоссе",
    "бульв",
    "пров",
    "street",
    "avenue",
    "road",
    "highway",
];

/// Words for a carrier's branch.
const BRANCHES: [&str; 8] =
    ["пошт", "почт", "відділен", "отделен", "branch", "parcel", "nova post", "locker"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declined_cities_are_named_as_they_are_written() {
        for (line, language, city) in [
            ("доставка в Одесу", Language::Uk, Some("Одеса")),
            ("у Києві", Language::Uk, Some("Київ")),
            ("в Харьков, пожалуйста", Language::Ru, Some("Харьков")),
            ("to Lviv please", Language::En, Some("Lviv")),
            ("на вулиці Київській, 5", Language::Uk, None),
            ("Київ, вулиця Львівська 5", Language::Uk, Some("Київ")),
            ("чотири штуки", Language::Uk, None),
        ] {
            assert_eq!(city_in(line, language).as_deref(), city, "{line}");
        }
    }

    #[test]
    fn what_follows_a_city_is_found_and_streets_are_no_cities() {
        for (line, rest) in [
            ("Доставка в Київ, вулиця Хрещатик 22", Some("вулиця Хрещатик 22")),
            ("в Киев на Крещатик 22", Some("на Крещатик 22")),
            ("to Bila Tserkva, 5 Haharina street", Some("5 Haharina street")),
            ("Київ, Нова пошта, відділення 5", Some("Нова пошта, відділення 5")),
            ("Київська вулиця, 5", None),
            ("вулиця Хрещатик 22", None),
            ("до Києва", None),
        ] {
            assert_eq!(after_city(line), rest, "{line}");
        }
    }
}
