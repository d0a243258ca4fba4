//! Card numbers leave no trace: not in what a model is told, not in what is noted.

use crate::simulation::rng::Rng;
use crate::simulation::stage::Stage;
use treadline::turn::{Event, mask_cards};

/// A number of `length` digits that fulfils the Luhn rule.
fn pan(rng: &mut Rng, length: usize) -> String {
    let mut digits: Vec<u32> = vec![*rng.pick(&[2, 3, 4, 5, 6])];
    while digits.len() + 1 < length {
        digits.push(rng.within(0, 10) as u32);
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, double @ 10..) => double - 9,
            (0, double) => double,
            _ => *digit,
        })
        .sum();
    digits.push((10 - sum % 10) % 10);
    digits.iter().map(u32::to_string).collect()
}

const ENGLISH: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const UKRAINIAN: [&str; 10] =
    ["нуль", "один", "два", "три", "чотири", "п'ять", "шість", "сім", "вісім", "дев'ять"];
const RUSSIAN: [&str; 10] =
    ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"];

fn spelled(digits: &str, words: [&str; 10], pause: &str) -> String {
    let groups: Vec<String> = digits
        .as_bytes()
        .chunks(4)
        .map(|group| {
            let said: Vec<&str> = group.iter().map(|b| words[usize::from(b - b'0')]).collect();
            said.join(" ")
        })
        .collect();
    groups.join(pause)
}

fn grouped(digits: &str, mark: &str) -> String {
    let groups: Vec<&str> =
        digits.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(mark)
}

/// Digits and number words of a text that has been masked.
fn left(masked: &str) -> usize {
    let words = [ENGLISH, UKRAINIAN, RUSSIAN].concat();
    let said = masked.split(|c: char| !c.is_alphanumeric() && c != '\'');
    said.filter(|word| words.contains(word)).count()
        + masked.chars().filter(char::is_ascii_digit).count()
}

#[test]
fn a_thousand_cards_in_every_form_leave_nothing() {
    let mut rng = Rng::new(7);
    for round in 0..1_000 {
        let length = rng.within(13, 20) as usize;
        let pan = pan(&mut rng, length);
        let forms = [
            pan.clone(),
            format!("my card is {}, please", grouped(&pan, " ")),
            grouped(&pan, "-"),
            format!("the number {}", spelled(&pan, ENGLISH, ", ")),
            format!("картка {} будь ласка", spelled(&pan, UKRAINIAN, ", ")),
            format!("карта {}", spelled(&pan, RUSSIAN, " и ")),
        ];
        for form in forms {
            let masked = mask_cards(&form);
            assert!(masked.contains("[card]") && left(&masked) == 0, "{round}: {form} -> {masked}");
        }
    }
}

#[test]
fn telephones_and_articles_are_no_cards() {
    let mut rng = Rng::new(8);
    for _ in 0..1_000 {
        let mut digits = |count: usize| -> String {
            (0..count).map(|_| rng.within(0, 10).to_string()).collect()
        };
        let phone = format!("+380{}", digits(9));
        let local = format!("0{}", digits(9));
        let article = digits(11);
        for text in [
            phone.clone(),
            format!("call {} or {}", grouped(&local, " "), local),
            format!("article {article} and article {}", digits(11)),
            spelled(&local, UKRAINIAN, " "),
            format!("{phone}, {local}"),
        ] {
            assert_eq!(mask_cards(&text), text);
        }
    }
}

#[test]
fn a_typed_or_spoken_card_reaches_neither_model_nor_log() {
    let card = "4111111111111111";
    let mut stage = Stage::greeted();
    stage.caller_says("pay with 4111 1111 1111 1111 please");
    stage.model_answers("We take no cards here.");
    for digit in format!("{card}#").chars() {
        stage.tell(Event::Digit { digit });
    }
    stage.model_answers("We take no cards here.");
    for digit in "1226#".chars() {
        stage.tell(Event::Digit { digit });
    }
    let wanted = serde_json::to_string(&stage.wanted).unwrap();
    assert!(!wanted.contains("1111") && !wanted.contains("1226"), "{wanted}");
    assert!(wanted.matches("[card]").count() >= 3);
}

/// The words of the lines that a model is shown and that are noted.
fn kept(stage: &Stage) -> String {
    let turns = stage.turns().into_iter().map(|turn| turn.content);
    format!(
        "{:?} {:?}",
        turns.collect::<Vec<_>>(),
        stage.asks().last().map(|ask| ask.history.clone())
    )
}

#[test]
fn a_card_said_in_parts_is_known_before_its_end() {
    for parts in [
        ["4532", "0151", "1283", "0366"].as_slice(),
        ["4532 0151", "1283 0366"].as_slice(),
        ["four five three two", "zero one five one", "one two eight three", "zero three six six"]
            .as_slice(),
    ] {
        let mut stage = Stage::greeted();
        for part in parts {
            stage.caller_says(part);
            stage.model_answers("Go on, please.");
        }
        let (kept, said) = (kept(&stage), parts[parts.len() - 1]);
        assert!(kept.contains("[card]") && !kept.contains(said), "{kept}");
    }
}

#[test]
fn after_my_card_number_is_no_digit_is_kept() {
    for lead in ["my card number is", "номер моєї картки", "номер карты"] {
        let mut stage = Stage::greeted();
        stage.caller_says(lead);
        stage.model_answers("I take no cards.");
        stage.caller_says("4532");
        stage.model_answers("I take no cards.");
        stage.caller_says("0151 1283");
        let kept = kept(&stage);
        assert!(!kept.contains("4532") && !kept.contains("0151"), "{kept}");
        // Other words end it.
        stage.model_answers("Which tyres?");
        stage.caller_says("the order 10245");
        assert!(
            stage.ask().history.last().is_some_and(|last| format!("{last:?}").contains("10245"))
        );
    }
}

#[test]
fn a_telephone_a_size_and_a_plate_in_parts_are_no_card() {
    for parts in [
        ["067", "123", "45", "67"].as_slice(),
        ["0671", "2345", "6789"].as_slice(),
        ["205", "55", "16"].as_slice(),
        ["4455", "4455", "4455"].as_slice(),
        ["10245", "4"].as_slice(),
    ] {
        let mut stage = Stage::greeted();
        for part in parts {
            stage.caller_says(part);
            stage.model_answers("Go on, please.");
        }
        assert!(!kept(&stage).contains("[card]"), "{parts:?}");
    }
}
