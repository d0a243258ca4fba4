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
}
