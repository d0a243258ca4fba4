//! What is said about the keys of a telephone, and what a key says in the caller's place.

use super::Language;
use serde::{Deserialize, Serialize};

/// What a key of the menu stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuItem {
    /// To buy tyres.
    Tires,
    /// To book a fitting.
    Fitting,
    /// To hear of an order.
    Order,
    /// Tyres in storage.
    Storage,
}

/// Says which key stands for what: the first item is key 1. Key 0 is always a colleague.
#[must_use]
pub fn menu(items: &[MenuItem], language: Language) -> String {
    const ENGLISH: [&str; 9] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    const UKRAINIAN: [&str; 9] =
        ["один", "два", "три", "чотири", "п'ять", "шість", "сім", "вісім", "дев'ять"];
    const RUSSIAN: [&str; 9] =
        ["один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"];
    let (keys, begin, between, end) = match language {
        Language::En => (ENGLISH, "You can also press a key:", " for ", "zero for a colleague."),
        Language::Uk => (UKRAINIAN, "Можна й натиснути клавішу:", " — ", "нуль — оператор."),
        Language::Ru => (RUSSIAN, "Можно и нажать клавишу:", " — ", "ноль — оператор."),
    };
    let named = keys.iter().zip(items).map(|(key, item)| {
        let what = item_name(*item, language);
        format!(" {key}{between}{what},")
    });
    format!("{begin}{} {end}", named.collect::<String>())
}

const fn item_name(item: MenuItem, language: Language) -> &'static str {
    match (item, language) {
        (MenuItem::Tires, Language::En) => "tyres",
        (MenuItem::Tires, Language::Uk) => "шини",
        (MenuItem::Tires, Language::Ru) => "шины",
        (MenuItem::Fitting, Language::En) => "tyre fitting",
        (MenuItem::Fitting, Language::Uk | Language::Ru) => "шиномонтаж",
        (MenuItem::Order, Language::En) => "your order",
        (MenuItem::Order, Language::Uk) => "ваше замовлення",
        (MenuItem::Order, Language::Ru) => "ваш заказ",
        (MenuItem::Storage, Language::En) => "tyres in storage",
        (MenuItem::Storage, Language::Uk) => "шини на зберіганні",
        (MenuItem::Storage, Language::Ru) => "шины на хранении",
    }
}

/// The sentence that a key of the menu says in the caller's place.
#[must_use]
pub const fn wish(item: MenuItem, language: Language) -> &'static str {
    match (item, language) {
        (MenuItem::Tires, Language::En) => "I need tyres",
        (MenuItem::Tires, Language::Uk) => "Мені потрібні шини",
        (MenuItem::Tires, Language::Ru) => "Мне нужны шины",
        (MenuItem::Fitting, Language::En) => "I would like to book a tyre fitting",
        (MenuItem::Fitting, Language::Uk) => "Хочу записатися на шиномонтаж",
        (MenuItem::Fitting, Language::Ru) => "Хочу записаться на шиномонтаж",
        (MenuItem::Order, Language::En) => "What is the status of my order",
        (MenuItem::Order, Language::Uk) => "Який статус мого замовлення",
        (MenuItem::Order, Language::Ru) => "Какой статус моего заказа",
        (MenuItem::Storage, Language::En) => "I have tyres in storage",
        (MenuItem::Storage, Language::Uk) => "У мене шини на зберіганні",
        (MenuItem::Storage, Language::Ru) => "У меня шины на хранении",
    }
}

/// Asks for a rating of the call.
#[must_use]
pub const fn ask_rating(language: Language) -> &'static str {
    match language {
        Language::En => "Please rate this call with a key from one to five.",
        Language::Uk => "Оцініть, будь ласка, цю розмову клавішею від одного до п'яти.",
        Language::Ru => "Оцените, пожалуйста, этот разговор клавишей от одного до пяти.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [MenuItem; 4] =
        [MenuItem::Tires, MenuItem::Fitting, MenuItem::Order, MenuItem::Storage];

    #[test]
    fn the_menu_names_each_key_in_its_order_and_is_short_enough_for_a_phone() {
        let menu_of = |language| menu(&[MenuItem::Fitting, MenuItem::Tires], language);
        assert_eq!(
            menu_of(Language::En),
            "You can also press a key: one for tyre fitting, two for tyres, zero for a colleague."
        );
        assert!(menu_of(Language::Uk).contains("один — шиномонтаж, два — шини, нуль — оператор."));
        for language in [Language::En, Language::Uk, Language::Ru] {
            assert!(menu(&ALL, language).chars().count() <= 160);
        }
    }
}
