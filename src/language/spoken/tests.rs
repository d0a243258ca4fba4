use super::*;
use proptest::prelude::*;

fn expect(language: Language, cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let got = speak(text, language);
            (got != *expected).then(|| format!("{text}\n   want {expected}\n   got  {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn english_is_worded() {
    expect(
        Language::En,
        &[
            ("205/55 R16", "two hundred five, fifty-five, R sixteen"),
            ("Size 205/55R16.", "Size two hundred five, fifty-five, R sixteen."),
            ("195/75 R16C", "one hundred ninety-five, seventy-five, R sixteen C"),
            ("315/80 R22.5", "three hundred fifteen, eighty, R twenty-two point five"),
            ("R16 wheels", "R sixteen wheels"),
            ("2800.00 UAH", "two thousand eight hundred hryvnias"),
            (
                "It costs 2,800.50 UAH.",
                "It costs two thousand eight hundred hryvnias and fifty kopiykas.",
            ),
            ("1 UAH", "one hryvnia"),
            (
                "on Wednesday, 25 November at 10:20",
                "on Wednesday, the twenty-fifth of November at ten twenty",
            ),
            ("the 25th of November", "the twenty-fifth of November"),
            ("November 25th", "the twenty-fifth of November"),
            ("2026-11-25", "the twenty-fifth of November"),
            ("25 November 2026", "the twenty-fifth of November, twenty twenty-six"),
            ("at 14:30", "at two thirty PM"),
            ("at 10:00, 10:05 or 12:00", "at ten o'clock, ten oh five or twelve o'clock"),
            ("10:20 am", "ten twenty am"),
            (
                "+380671234567",
                "plus three eight, zero six seven, one two three, four five, six seven",
            ),
            ("AA1234BB", "A A, twelve, thirty-four, B B"),
            ("4 tyres", "four tyres"),
            ("4 pcs", "four pieces"),
            ("1,299 items", "one thousand two hundred ninety-nine items"),
            ("10 Polar St.", "ten Polar Street."),
            ("St. Mary, No. 5", "Saint Mary, number five"),
            ("007", "zero zero seven"),
            ("20%", "twenty percent"),
            ("**Great!**", "Great!"),
        ],
    );
}

#[test]
fn ukrainian_is_worded() {
    expect(
        Language::Uk,
        &[
            ("205/55 R16", "двісті п'ять, п'ятдесят п'ять, ер шістнадцять"),
            ("195/75 R16C", "сто дев'яносто п'ять, сімдесят п'ять, ер шістнадцять це"),
            ("315/80 R22.5", "триста п'ятнадцять, вісімдесят, ер двадцять два і п'ять"),
            ("2800.00 UAH", "дві тисячі вісімсот гривень"),
            ("Ціна 2800 грн. за штуку", "Ціна дві тисячі вісімсот гривень за штуку"),
            ("Це 2801 грн. Записати?", "Це дві тисячі вісімсот одна гривня. Записати?"),
            (
                "1 грн, 2 грн, 5 грн, 11 грн, 22 грн",
                "одна гривня, дві гривні, п'ять гривень, одинадцять гривень, двадцять дві гривні",
            ),
            ("12 800 грн", "дванадцять тисяч вісімсот гривень"),
            (
                "у середу, 25 листопада, о 10:20",
                "у середу, двадцять п'ятого листопада, о десятій двадцять",
            ),
            ("на 25 листопада", "на двадцять п'яте листопада"),
            ("2026-11-25", "двадцять п'ятого листопада"),
            ("25.11.2026", "двадцять п'ятого листопада дві тисячі двадцять шостого року"),
            ("о 11:00", "об одинадцятій"),
            ("на 9:30", "на дев'яту тридцять"),
            ("з 9:00 до 18:00", "з дев'ятої до вісімнадцятої"),
            ("є 10:20 і 11:00", "є десята двадцять і одинадцята година"),
            ("о 10:05", "о десятій нуль п'ять"),
            (
                "+380671234567",
                "плюс тридцять вісім, нуль шістдесят сім, сто двадцять три, сорок п'ять, шістдесят сім",
            ),
            ("АА1234ВВ", "а а, дванадцять, тридцять чотири, ве ве"),
            ("4 шт.", "чотири штуки."),
            ("2 шини", "дві шини"),
            ("1 шина, 1 колесо, 1 комплект", "одна шина, одне колесо, один комплект"),
            ("2 зимові шини", "дві зимові шини"),
            ("вул. Полярна, буд. 10", "вулиця Полярна, будинок десять"),
            ("Вул. Полярна, 72Б", "Вулиця Полярна, сімдесят два бе"),
            ("на вул. Полярна, 10/2", "на вулиці Полярна, десять дріб два"),
            ("м. Київ, б-р Шевченка", "місто Київ, бульвар Шевченка"),
            ("№ 5", "номер п'ять"),
            ("2-й варіант на 10-ту", "другий варіант на десяту"),
            ("25-го", "двадцять п'ятого"),
            ("30 хв", "тридцять хвилин"),
            ("21%", "двадцять один відсоток"),
        ],
    );
}

#[test]
fn a_read_back_has_no_figures_left() {
    use crate::pii::Personal;
    use crate::shop::{Agreement, Service};
    let agreement = Agreement::FittingBooking {
        station_name: "Північна".into(),
        address: "вул. Полярна, 10".into(),
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(),
        time: chrono::NaiveTime::from_hms_opt(10, 20, 0).unwrap(),
        service: Service::TireChange,
        customer_name: Personal("Олена".into()),
        vehicle: "AA1234BB".into(),
    };
    let text = crate::language::readback::read_back(&agreement, Language::Uk);
    assert_eq!(
        speak(&text, Language::Uk),
        "Перевірмо: заміна шин, Північна, вулиця Полярна, десять, у середу, двадцять п'ятого листопада, \
         о десятій двадцять, на ім'я Олена, автомобіль а а, дванадцять, тридцять чотири, ве ве. Записати вас?"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_digit_is_left(text in "\\PC*") {
        for language in [Language::En, Language::Uk, Language::Ru] {
            let said = speak(&text, language);
            prop_assert!(!said.bytes().any(|byte| byte.is_ascii_digit()), "{said}");
        }
    }

    #[test]
    fn figures_in_any_dress_are_worded(text in "[0-9rRcсCшт.грнUAH₴№%+:/, -]{0,40}") {
        for language in [Language::En, Language::Uk, Language::Ru] {
            let said = speak(&text, language);
            prop_assert!(!said.bytes().any(|byte| byte.is_ascii_digit()), "{said}");
        }
    }

    #[test]
    fn a_text_without_figures_or_short_forms_is_left_alone(
        text in "([a-zа-я]{7,9}[ ,!?]{1,2}){0,5}"
    ) {
        prop_assert_eq!(speak(&text, Language::Uk), text);
    }
}

#[test]
fn whole_answers_are_worded() {
    expect(
        Language::En,
        &[
            (
                "Michelin X-Ice, 205/55 R16, 3,450 UAH each, 12 in stock.",
                "Michelin X-Ice, two hundred five, fifty-five, R sixteen, \
                 three thousand four hundred fifty hryvnias each, twelve in stock.",
            ),
            ("Open 09:00-18:00.", "Open nine o'clock to six PM."),
            ("-5 degrees", "minus five degrees"),
            ("Call 067 123 45 67.", "Call zero six seven, one two three, four five, six seven."),
        ],
    );
    expect(
        Language::Uk,
        &[
            (
                "Вільно у понеділок, 23 листопада: 9:00, 9:30.",
                "Вільно у понеділок, двадцять третього листопада: дев'ята година, дев'ята тридцять.",
            ),
            (
                "Разом 13 800,00 грн за 4 шини.",
                "Разом тринадцять тисяч вісімсот гривень за чотири шини.",
            ),
            ("сб 10:00-16:00", "субота з десятої до шістнадцятої"),
            (
                "до 25 листопада 2026 р. включно",
                "до двадцять п'ятого листопада дві тисячі двадцять шостого року включно",
            ),
            (
                "205/55R16 94H",
                "двісті п'ять, п'ятдесят п'ять, ер шістнадцять, дев'яносто чотири аш",
            ),
            (
                "Мій номер 0671234567.",
                "Мій номер нуль шістдесят сім, сто двадцять три, сорок п'ять, шістдесят сім.",
            ),
            ("Знижка 15% на 2-гу шину", "Знижка п'ятнадцять відсотків на другу шину"),
            ("за 30-40 хв", "за тридцять-сорок хвилин"),
        ],
    );
}
