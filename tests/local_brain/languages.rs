//! Numbers are read by what was asked for, and names, cars and cities stay what they are.

use crate::local_brain::shop::Line;
use crate::local_brain::{earliest, has};
use treadline::language::Language;

/// A booking up to the question about the car.
async fn up_to_the_car(language: Language) -> Line {
    let mut line = Line::new(language);
    line.talk(&["book a tyre fitting", "North", earliest(language), "Ivan"]).await;
    line
}

#[tokio::test]
async fn figures_in_the_car_step_are_no_time() {
    for language in [Language::En, Language::Uk, Language::Ru] {
        let mut line = up_to_the_car(language).await;
        line.say("1025").await;
        let heard = line.say("AA1025BB").await;
        has(&heard, &["READ BACK book_fitting", "AA1025BB", "09:00"]);
    }
}

#[tokio::test]
async fn figures_in_the_time_step_are_no_rim() {
    for (language, said, time) in [
        (Language::En, "1020", "10:20"),
        (Language::En, "eleven", "11:00"),
        (Language::En, "at two", "14:00"),
        (Language::En, "17", "17:00"),
        (Language::Uk, "десять двадцять", "10:20"),
        (Language::Uk, "на чотирнадцяту", "14:00"),
        (Language::Uk, "о сімнадцятій", "17:00"),
        (Language::Ru, "в одиннадцать", "11:00"),
        (Language::Ru, "десять двадцать", "10:20"),
    ] {
        let mut line = Line::new(language);
        let day = if language == Language::En { "tomorrow" } else { "завтра" };
        line.talk(&["book a tyre fitting", "North", day]).await;
        line.say(said).await;
        let heard = line.talk(&["Ivan", "blue Ford"]).await;
        has(&heard, &["READ BACK book_fitting", time]);
    }
}

#[tokio::test]
async fn the_station_stays_unless_it_is_corrected() {
    let mut line = up_to_the_car(Language::En).await;
    line.say("bla bla East bla?").await;
    has(&line.say("blue Ford").await, &["READ BACK book_fitting", "100001"]);
    let mut line = up_to_the_car(Language::En).await;
    line.say("blue Ford").await;
    let heard = line.say("No, sorry, at the East station").await;
    assert!(!heard.contains("100001"), "{heard}");
}

#[tokio::test]
async fn what_was_not_heard_is_asked_again_and_the_third_time_an_operator_is_offered() {
    for (language, said, operator) in [
        (Language::En, "what?", "operator"),
        (Language::Uk, "Алло?", "оператор"),
        (Language::Ru, "алло", "оператор"),
    ] {
        let mut line = Line::new(language);
        let asked = line.say("tyres please, winter").await;
        assert_eq!(line.say(said).await, asked);
        has(&line.say(said).await, &[operator]);
    }
}

#[tokio::test]
async fn surzhyk_is_understood() {
    let mut line = Line::new(Language::Uk);
    has(&line.say("мені нужна зимня резина 205 на 55 на 16").await, &["Nokian"]);
    let mut line = Line::new(Language::Uk);
    has(&line.say("запишіть на переобувку").await, &["North", "East"]);
}
