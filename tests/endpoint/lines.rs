//! What the caller types, a line each time the agent listens.

use treadline::language::Language;

const ENGLISH: &[&str] = &[
    "Hello, I need winter tyres, 205/55 R16.",
    "I will take the Michelin ones.",
    "Four, please.",
    "I will pick them up.",
    "In Kyiv.",
    "The first one.",
    "Cash on delivery.",
    "My name is John Smith.",
    "Yes, that is right.",
    "Yes, I want them fitted.",
    "In Lviv.",
    "The earliest time you have, please.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

const UKRAINIAN: &[&str] = &[
    "Добрий день, потрібні зимові шини двісті п'ять п'ятдесят п'ять шістнадцять",
    "беру Мішлен",
    "чотири",
    "заберу сам",
    "у Києві",
    "перша",
    "готівкою при отриманні",
    "Мене звати Іван",
    "так",
    "так, запишіть на шиномонтаж",
    "у Львові",
    "найближчий час",
    "біла Тойота",
    "так",
    "ні, дякую, до побачення",
];

const RUSSIAN: &[&str] = &[
    "Здравствуйте, нужны зимние шины 205/55 R16",
    "возьму Мишлен",
    "четыре",
    "заберу сам",
    "в Киеве",
    "первая",
    "наличными при получении",
    "Меня зовут Иван",
    "да",
    "да, запишите на шиномонтаж",
    "во Львове",
    "самое раннее время",
    "белая Тойота",
    "да",
    "нет, спасибо, до свидания",
];

pub const fn of(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => ENGLISH,
        Language::Uk => UKRAINIAN,
        Language::Ru => RUSSIAN,
    }
}
