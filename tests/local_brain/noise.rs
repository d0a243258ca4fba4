//! Words in any order: the brain always answers and never goes in circles.

use crate::local_brain::shop::Line;
use crate::local_brain::support::fake_store::FakeStore;
use crate::local_brain::support::mini_core::MiniCore;
use treadline::language::Language;

#[tokio::test]
async fn any_words_in_any_order_are_answered() {
    let lines = [
        "Hello",
        "yes",
        "no",
        "winter",
        "205/55 R16",
        "Michelin",
        "the second one",
        "cheaper",
        "book a fitting",
        "tomorrow",
        "the earliest time",
        "Ivan",
        "blue Ford",
        "operator?",
        "ні",
        "так",
        "зимові шини",
        "запишіть мене",
        "завтра о десятій",
        "bla",
        "",
        "???",
        "cancel",
        "what",
        "0",
        "yes",
        "on Sunday",
        "today",
        "AA1234BB",
        "067 123 45 67",
    ];
    let mut seed: u64 = 7;
    for language in [Language::En, Language::Uk] {
        for _ in 0..40 {
            let mut call = MiniCore::new(FakeStore::sample(), language).await;
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // The mini core asserts that the brain speaks and never circles.
                call.say(lines[(seed >> 33) as usize % lines.len()]).await;
            }
        }
    }
}

#[tokio::test]
async fn no_question_is_asked_three_times_in_a_row() {
    let lines = [
        "Hello",
        "yes",
        "no",
        "зимові",
        "205/55 R16",
        "Nokian",
        "the second one",
        "беру",
        "four",
        "book a fitting",
        "tomorrow",
        "найближчий час",
        "Ivan",
        "blue Ford",
        "ні",
        "так",
        "да",
        "доставка",
        "самовивіз",
        "Київ",
        "вулиця Хрещатик 5",
        "карткою",
        "де моє замовлення",
        "cancel my booking",
        "перенести запис",
        "скільки коштує шиномонтаж",
        "на зберіганні",
        "передзвоніть мені",
        "bla",
        "???",
        "what",
        "cancel",
        "не знаю",
        "Toyota Corolla",
        "14",
        "067 123 45 67",
        "AA1234BB",
        "on Sunday",
        "свої шини",
        "порадьте",
        "спасибо",
        "алло",
    ];
    let mut seed: u64 = 11;
    for round in 0..45 {
        let language = [Language::En, Language::Uk, Language::Ru][round % 3];
        let mut line = if round % 2 == 0 { Line::booked(language) } else { Line::new(language) };
        line.withheld = round % 5 == 0;
        line.full = round % 7 == 0;
        for _ in 0..14 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            line.say(lines[(seed >> 33) as usize % lines.len()]).await;
        }
        for three in line.replies.windows(3) {
            let question = |reply: &String| reply.rsplit(". ").next().map(str::to_owned);
            let same = three.iter().all(|reply| reply == &three[0] && reply.ends_with('?'));
            let operator = ["operator", "оператор"].iter().any(|word| three[0].contains(word));
            assert!(!same || operator, "{:?} in {:#?}", question(&three[0]), line.replies);
        }
    }
}

#[tokio::test]
async fn a_long_call_is_replayed_the_same_each_time() {
    let mut line = Line::new(Language::Uk);
    let mut other = Line::new(Language::Uk);
    let lines = ["зимові шини 205/55 R16", "беру чотири шини Нокіан", "самовивіз", "на Дарниці"];
    for said in lines.into_iter().cycle().take(20) {
        assert_eq!(line.say(said).await, other.say(said).await);
    }
    assert_eq!(line.done, other.done);
}
