//! Finding tyres.

use crate::local_brain::shop::Line;
use crate::local_brain::{english, has};
use treadline::language::Language;

#[tokio::test]
async fn a_correction_of_the_size_restarts_the_search() {
    let mut call = english().await;
    call.say("winter tyres 205 55 R16").await;
    let heard = call.say("No, 195 65 R15.").await;
    has(&heard, &["195/65 R15", "Debica"]);
    assert_eq!(call.last_args("search_tires")["width"], 195);
}

#[tokio::test]
async fn follow_ups_name_cheaper_other_and_branded_tyres() {
    let mut call = english().await;
    call.say("I'm looking for winter tyres in 205/55 R16").await;
    has(&call.say("Do you have anything cheaper?").await, &["cheapest", "Rosava"]);
    has(&call.say("What else do you have?").await, &["Nokian"]);
    let heard = call.say("And what about Debica?").await;
    has(&heard, &["Debica", "2300"]);
    assert_eq!(call.last_args("search_tires")["brand"], "Debica");
}

#[tokio::test]
async fn a_season_that_is_not_there_is_replaced_by_one_that_is() {
    let mut call = english().await;
    let heard = call.say("all season tyres 195/65 R15").await;
    has(&heard, &["195/65 R15", "all-season", "Shall I"]);
    let heard = call.say("Yes please").await;
    has(&heard, &["195/65 R15"]);
    assert_eq!(call.tools(), ["search_tires", "search_tires"]);
}

#[tokio::test]
async fn a_count_is_about_the_tyre_spoken_of_last() {
    let mut call = english().await;
    call.say("winter tyres 205/55 R16").await;
    has(&call.say("Four, please").await, &["Which one", "Rosava"]);
    has(&call.say("The second one").await, &["Yes, 4 of the Hankook"]);
    has(&call.say("And how many are left?").await, &["Hankook"]);
    has(&call.say("Do you have ten of the Continental?").await, &["Only 2 of the Continental"]);
}

#[tokio::test]
async fn a_size_that_is_not_there_leads_to_the_ones_near_it() {
    let mut call = english().await;
    has(&call.say("winter tyres 205/60 R16").await, &["205/60 R16", "205/55 R16"]);
    has(&call.say("the first one").await, &["205/55 R16", "Rosava"]);
}

#[tokio::test]
async fn a_size_is_found_in_three_languages_and_many_wordings() {
    for (language, lines) in [
        (Language::En, &["I need winter tyres 205 55 R16"][..]),
        (Language::En, &["Hi, do you have winter tires?", "two hundred five, fifty five, sixteen"]),
        (Language::En, &["tyres please", "205/55 R16", "winter ones"]),
        (
            Language::Uk,
            &["Добрий день, потрібна зимова гума двісті п'ять п'ятдесят п'ять шістнадцять"],
        ),
        (Language::Uk, &["шукаю шини", "205 55 16", "на зиму"]),
        (Language::Uk, &["чи є у вас резина 205/55 R16", "зимові"]),
        (Language::Ru, &["Здравствуйте, нужна зимняя резина 205/55 R16"]),
        (Language::Ru, &["ищу шины", "205 55 16", "зимние"]),
    ] {
        let mut line = Line::new(language);
        let heard = line.talk(lines).await;
        has(&heard, &["205/55 R16", "Rosava", "1900", "?"]);
        assert!(line.tools().contains(&"search_tires"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_car_leads_to_its_sizes_and_then_to_tyres() {
    for (language, lines) in [
        (Language::En, ["winter tyres for a Toyota Corolla 2015", "the second one"]),
        (Language::Uk, ["зимові шини на Тойоту Королла 2015 року", "шістнадцятий радіус"]),
        (Language::Ru, ["зимняя резина на Тойоту Короллу", "вторая"]),
    ] {
        let mut line = Line::new(language);
        has(&line.say(lines[0]).await, &["Corolla", "195/65 R15", "205/55 R16"]);
        has(&line.say(lines[1]).await, &["205/55 R16", "Nokian"]);
    }
}

#[tokio::test]
async fn who_does_not_know_the_size_is_asked_for_the_car() {
    for (language, lines) in [
        (Language::En, ["I need winter tyres", "I don't know", "Toyota Corolla 2015"]),
        (Language::Uk, ["потрібні зимові шини", "не знаю", "Тойота Королла 2015"]),
        (Language::Ru, ["нужны зимние шины", "не знаю", "Тойота Королла 2015"]),
    ] {
        let mut line = Line::new(language);
        has(&line.talk(&lines).await, &["195/65 R15", "205/55 R16"]);
        let mut line = Line::new(language);
        line.talk(&lines[..2]).await;
        let heard = line.say("Tata Nano").await;
        assert!(!heard.contains("R16"), "{heard}");
    }
}

#[tokio::test]
async fn a_correction_of_the_rim_or_the_season_searches_again() {
    for (language, said) in [
        (Language::En, "No, seventeen inch"),
        (Language::Uk, "ні, сімнадцятий радіус"),
        (Language::Ru, "нет, радиус семнадцать"),
    ] {
        let mut line = Line::new(language);
        line.say("205/55 R16").await;
        line.say(said).await;
        let heard = line.say(if language == Language::En { "winter" } else { "зимові" }).await;
        has(&heard, &["205/55 R17"]);
    }
}

#[tokio::test]
async fn a_size_that_is_out_of_stock_becomes_a_wish() {
    for (language, lines) in [
        (Language::En, ["winter tyres 215/60 R16", "yes please"]),
        (Language::Uk, ["зимові шини 215/60 R16", "так"]),
        (Language::Ru, ["зимние шины 215/60 R16", "да, конечно"]),
    ] {
        let mut line = Line::new(language);
        line.talk(&lines).await;
        let wish = line.only("add_to_wishlist");
        assert_eq!(wish["size"], "215/60 R16");
        assert_eq!(wish["season"], "winter");
    }
}

#[tokio::test]
async fn advice_on_the_season_goes_on_to_the_size() {
    for (language, said, season) in [
        (Language::En, "Which tyres do you recommend for this season?", "winter"),
        (Language::Uk, "порадьте, яку гуму зараз ставити", "зимові"),
        (Language::Ru, "посоветуйте, какую резину сейчас ставить", "зимние"),
    ] {
        let mut line = Line::new(language);
        has(&line.say(said).await, &[season, "?"]);
        has(&line.say("205/55 R16").await, &["205/55 R16", "Nokian"]);
    }
}
