//! Cities of Ukraine as callers name them: declined, in Russian, by an old name, in Latin letters.

use super::places::fold;
use std::sync::LazyLock;

/// A city's name and the stems of the words that mean it. Adjectives ("Полтавська вулиця") go on
/// where no case ending does, so they are not matched.
const CITIES: &[(&str, &str)] = &[
    ("Київ", "київ києв киев киів киив kyiv kiev"),
    ("Харків", "харків харков харьков kharkiv kharkov"),
    ("Одеса", "одес odes odess"),
    ("Дніпро", "дніпр днепр днипр dnipr dnepr дніпропетровськ днепропетровск dnipropetrovsk"),
    ("Львів", "львів львов lviv lvov"),
    ("Запоріжжя", "запоріжж запорожь запорожж zaporizhzh zaporozh"),
    ("Вінниця", "вінниц винниц vinnyts vinnits"),
    ("Полтава", "полтав poltav"),
    ("Чернігів", "чернігів чернігов чернигов chernihiv chernigov"),
    ("Чернівці", "чернівц черновц chernivts chernovts"),
    ("Черкаси", "черкас cherkas"),
    ("Житомир", "житомир zhytomyr zhitomir"),
    ("Суми", "суми сумах сумы sumy"),
    ("Рівне", "рівне рівного рівному rivne"),
    ("Луцьк", "луцьк луцк lutsk"),
    ("Тернопіль", "тернопіл тернопол ternopil"),
    ("Хмельницький", "хмельницьк хмельницк khmelnytsk khmelnitsk"),
    ("Ужгород", "ужгород uzhhorod uzhgorod"),
    ("Миколаїв", "миколаїв миколаєв николаев mykolaiv nikolaev"),
    ("Херсон", "херсон kherson"),
    ("Кропивницький", "кропивницьк кропивницк кіровоград кировоград kropyvnytsk kirovohrad"),
    ("Івано-Франківськ", "франківськ франковск frankivsk"),
    ("Кременчук", "кременчук кременчуц кременчуг kremenchuk"),
    ("Кривий Ріг", "кривий кривого кривому кривом кривой kryvyi krivoi"),
    ("Біла Церква", "церкв церковь церковью tserkv"),
    ("Бровари", "бровар brovar"),
    ("Бориспіль", "бориспіл бориспол borispol boryspil"),
    ("Ірпінь", "ірпін ірпен ирпен irpin"),
    ("Буча", "буча бучі бучу буче bucha"),
    ("Маріуполь", "маріупол мариупол mariupol"),
    ("Краматорськ", "краматорськ краматорск kramatorsk"),
    ("Кам'янське", "кам'янськ кам'янське каменское kamianske"),
    ("Кам'янець-Подільський", "кам'янец кам'янц каменец каменц kamianets"),
    ("Умань", "уман uman"),
    ("Мукачево", "мукачев мукачів mukachev"),
    ("Павлоград", "павлоград pavlohrad"),
    ("Нікополь", "нікопол никопол nikopol"),
    ("Дрогобич", "дрогобич drohobych"),
    ("Ковель", "ковел kovel"),
    ("Ніжин", "ніжин нежин nizhyn"),
    ("Бердичів", "бердичів бердичев berdychiv"),
    ("Обухів", "обухів обухов obukhiv"),
    ("Фастів", "фастів фастов fastiv"),
    ("Вишгород", "вишгород вышгород vyshhorod"),
];

/// Case endings under [`fold`].
const ENDINGS: &[&str] = &[
    "", "a", "u", "i", "e", "o", "om", "oiu", "oi", "oho", "omu", "im", "iu", "ia", "ei", "eiu",
    "em", "iam", "am", "iakh", "akh", "iv", "ou", "iei", "ii", "imi", "ami", "eha",
];

/// The same, folded once.
static FOLDED: LazyLock<Vec<(&'static str, Vec<String>)>> = LazyLock::new(|| {
    CITIES
        .iter()
        .map(|(name, stems)| (*name, stems.split_ascii_whitespace().map(fold).collect()))
        .collect()
});

/// The Ukrainian name of the city that a folded word means.
pub(super) fn city_of(word: &str) -> Option<&'static str> {
    FOLDED
        .iter()
        .find(|(_, stems)| {
            stems.iter().any(|stem| {
                word.strip_prefix(stem.as_str()).is_some_and(|rest| ENDINGS.contains(&rest))
            })
        })
        .map(|(name, _)| *name)
}

/// The first city that a text names, by its Ukrainian name: "в Харькове" is "Харків". Only whole
/// words count, in any case; a street called after a city names none.
#[must_use]
pub fn city_named(text: &str) -> Option<&'static str> {
    fold(text).split(|c: char| !c.is_alphanumeric()).find_map(city_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_named_in_any_case_and_language() {
        for (text, city) in [
            ("я з Києва", Some("Київ")),
            ("в Харькове", Some("Харків")),
            ("из Одессы", Some("Одеса")),
            ("у Дніпрі", Some("Дніпро")),
            ("в Днепре", Some("Дніпро")),
            ("живу в Чернігові", Some("Чернігів")),
            ("до Чернівців", Some("Чернівці")),
            ("в Чернигове", Some("Чернігів")),
            ("з Кривого Рогу", Some("Кривий Ріг")),
            ("Белая Церковь", Some("Біла Церква")),
            ("in Lviv", Some("Львів")),
            ("from Odessa", Some("Одеса")),
            ("в Николаеве", Some("Миколаїв")),
            ("у Броварах", Some("Бровари")),
            ("вулиця Полтавська", None),
            ("Харківське шосе", None),
            ("Дніпровський район", None),
            ("рівно десять", None),
            ("", None),
        ] {
            assert_eq!(city_named(text), city, "{text}");
        }
    }
}
