//! Which price belongs to which tyre, and makers and colours that nobody named.

use crate::simulation::claims::{after, said_from, tyres, verdicts};
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::turn::Verdict;

/// What the caller hears of an answer after the search of `tyres`.
fn heard(language: Language, sentence: &str) -> (Stage, String) {
    let mut stage = after(language, "205/55 R16 for my grey Skoda", "search_tires", tyres());
    let from = stage.says().len();
    stage.model_answers(sentence);
    let said = said_from(&stage, from);
    (stage, said)
}

#[test]
fn a_price_is_said_of_its_own_tyre() {
    for (language, sentence) in [
        (Language::En, "I have Nokian at 4720 and Rosava at 1899.50 UAH each."),
        (Language::En, "I have Rosava at 1899.50, Nokian at 4720 UAH each."),
        (Language::En, "The Nokian is here. It costs 4720 UAH."),
        (Language::En, "At 4720 UAH there is the Nokian, at 1899.50 UAH the Rosava."),
        (Language::En, "4720 UAH is the price of the Hakka 5."),
        (Language::En, "There are 12 of the Nokian in stock."),
        (Language::Uk, "Є Нокіан по 4720 і Росава по 1899.50 гривень."),
        (Language::Ru, "Есть Росава по 1899.50 и Нокиан по 4720 гривен."),
        (Language::En, "Both are good, from 1899.50 to 4720 UAH."),
    ] {
        let (stage, said) = heard(language, sentence);
        assert_eq!(said, sentence, "{:?}", stage.notes());
    }
}

#[test]
fn the_price_of_another_tyre_is_withheld() {
    for (language, sentence) in [
        (Language::En, "The Nokian is at 1899.50 UAH."),
        (Language::En, "I have Nokian at 1899.50 and Rosava at 4720 UAH each."),
        (Language::En, "The Rosava is here. It costs 4720 UAH."),
        (Language::En, "4720 UAH is the price of the Rosava."),
        (Language::En, "The Hakka 5 costs 1899.50 UAH."),
        (Language::En, "There are 12 of the Rosava in stock."),
        (Language::Uk, "Росава коштує 4720 гривень."),
        (Language::Ru, "Нокиан стоит 1899.50 гривен."),
    ] {
        let (stage, said) = heard(language, sentence);
        let last = sentence.rsplit(". ").next().unwrap();
        assert!(!said.contains(last), "{sentence}: {said}");
        assert!(verdicts(&stage).contains(&Verdict::Withhold), "{sentence}");
    }
}

#[test]
fn a_total_belongs_to_no_tyre() {
    let draft = json!({ "order_id": "D1", "total": "19080", "subtotal": "18880", "items": [
        { "name": "Nokian Hakka 5 205/55 R16", "quantity": 4, "price": "4720", "total": "18880" },
    ] });
    let mut stage = after(Language::En, "four Nokian", "search_tires", draft);
    let from = stage.says().len();
    let sentence = "That is 4 Nokian Hakka 5, 18880 UAH, with delivery 19080 UAH in all.";
    stage.model_answers(sentence);
    assert_eq!(said_from(&stage, from), sentence, "{:?}", stage.notes());
}

#[test]
fn makers_and_colours_that_nobody_named_are_withheld() {
    for (language, sentence) in [
        (Language::En, "I have Pirelli too."),
        (Language::En, "You want Michelin, right?"),
        (Language::En, "It is for your red car."),
        (Language::Uk, "Є також Мішлен."),
        (Language::Uk, "Записую вашу білу машину."),
        (Language::Ru, "Для вашей белой машины."),
    ] {
        let (stage, said) = heard(language, sentence);
        assert!(!said.contains(sentence), "{sentence}: {said}");
        assert!(verdicts(&stage).contains(&Verdict::Withhold), "{sentence}");
    }
    for (language, sentence) in [
        (Language::En, "It is for your grey Skoda."),
        (Language::Uk, "Для вашої сірої Шкоди."),
        (Language::Ru, "Для вашей серой машины."),
        (Language::En, "Nokian and Rosava are there."),
    ] {
        let (stage, said) = heard(language, sentence);
        assert_eq!(said, sentence, "{:?}", stage.notes());
    }
}
