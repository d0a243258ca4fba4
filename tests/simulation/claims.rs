//! What a model says must rest on something.

use crate::simulation::fixtures::facts;
use crate::simulation::helpers::read_back;
use crate::simulation::stage::Stage;
use serde_json::{Value, json};
use treadline::language::Language;
use treadline::turn::{Event, Limits, Note, Verdict};

pub fn tyres() -> Value {
    json!({ "size": "205/55 R16", "season": "winter", "total": 2, "items": [
        { "id": "00000000005", "brand": "Nokian", "model": "Hakka 5", "price": "4720", "quantity": 12 },
        { "id": "00000000006", "brand": "Rosava", "model": "WQ-102", "price": "1899.50", "quantity": 4 },
    ] })
}

fn times() -> Value {
    json!({ "station_id": "100001", "station": "North", "days": [
        { "date": "2026-11-25", "times": ["10:20", "15:00"] },
    ] })
}

/// A call in which a tool has answered.
pub fn after(language: Language, said: &str, tool: &str, result: Value) -> Stage {
    let mut stage = Stage::with(Limits::default());
    stage.tell(Event::Begin { facts: Box::new(facts(language)) });
    stage.play_all();
    stage.caller_says(said);
    stage.model_calls(tool, json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().expect("the tool runs");
    stage.tool_ends(call, true, result);
    stage
}

pub fn verdicts(stage: &Stage) -> Vec<Verdict> {
    let claims = stage.notes().into_iter().filter_map(|note| match note {
        Note::Claim { verdict, .. } => Some(verdict),
        _ => None,
    });
    claims.collect()
}

/// All that was said after the first `from` sentences.
pub fn said_from(stage: &Stage, from: usize) -> String {
    let said = stage.says().into_iter().skip(from).map(|(_, text)| text);
    said.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_figure_of_a_models_name_is_no_count() {
    let draft = json!({ "size": "205/55 R16", "total": "14520", "items": [
        { "name": "Hankook Winter i*cept RS3 205/55 R16", "quantity": 4, "price": "3630",
          "total": "14520" } ] });
    let mut stage = after(Language::Uk, "чотири", "search_tires", draft);
    let from = stage.says().len();
    stage.model_says("4 шини Hankook Winter icept RS3 205/55 R16, разом 14520 грн. Доставка?");
    stage.model_ends();
    let said = said_from(&stage, from);
    assert!(said.contains("RS3") && said.contains("14520"), "{said}");
}

#[test]
fn what_a_result_holds_is_said_in_every_language() {
    let cases = [
        (Language::En, "The Nokian Hakka 5 is at 4720 UAH."),
        (Language::En, "There are 12 tyres of it in stock."),
        (Language::En, "The Rosava costs 1899.50 UAH."),
        (Language::En, "For 205/55 R16 I have two offers."),
        (Language::Uk, "Nokian Hakka 5 коштує 4720 гривень."),
        (Language::Uk, "Є 12 шин в наявності."),
        (Language::Ru, "Nokian стоит 4720 гривен."),
    ];
    for (language, sentence) in cases {
        let mut stage = after(language, "205/55 R16", "search_tires", tyres());
        let from = stage.says().len();
        stage.model_answers(sentence);
        assert_eq!(said_from(&stage, from), sentence);
        assert_eq!(verdicts(&stage).last(), Some(&Verdict::Send), "{sentence}");
    }
    let cases = [
        (Language::En, "On Wednesday, 25 November at 10:20 it is free."),
        (Language::En, "Wednesday at 3 pm is free."),
        (Language::Uk, "У середу, 25 листопада о 10:20 вільно."),
        (Language::Ru, "25 ноября в 15:00 свободно."),
    ];
    for (language, sentence) in cases {
        let mut stage = after(language, "the fitting", "get_fitting_slots", times());
        let from = stage.says().len();
        stage.model_answers(sentence);
        assert_eq!(said_from(&stage, from), sentence, "{:?}", stage.notes());
    }
}

#[test]
fn what_no_result_holds_is_withheld_and_the_data_is_told_instead() {
    let cases = [
        (Language::En, "The Nokian is at 3999 UAH.", "4720 UAH"),
        (Language::En, "It costs four thousand hryvnias.", "4720 UAH"),
        (Language::En, "We have 40 tyres in stock.", "4720 UAH"),
        (Language::En, "Delivery is free of charge.", "4720 UAH"),
        (Language::En, "There is a discount of 10 per cent.", "4720 UAH"),
        (Language::En, "I have found seven sets.", "4720 UAH"),
        (Language::Uk, "Є сім комплектів.", "4720 грн"),
        (Language::Uk, "Nokian коштує 3999 гривень.", "4720 грн"),
        (Language::Uk, "Є сорок шин в наявності.", "4720 грн"),
        (Language::Ru, "Nokian стоит три тысячи гривен.", "4720 грн"),
    ];
    for (language, sentence, instead) in cases {
        let mut stage = after(language, "205/55 R16", "search_tires", tyres());
        let from = stage.says().len();
        stage.model_answers(sentence);
        let said = said_from(&stage, from);
        assert!(!said.contains(sentence) && said.contains(instead), "{sentence}: {said}");
        assert_eq!(verdicts(&stage), [Verdict::Withhold, Verdict::Rephrase], "{sentence}");
    }
    let cases = [
        (Language::En, "On Thursday, 26 November at 10:20 it is free."),
        (Language::En, "9:40 is free."),
        (Language::En, "On Tuesday, 25 November there is a time."),
        (Language::Uk, "У четвер о 9:40 вільно."),
        (Language::Ru, "26 ноября в 10:20 свободно."),
    ];
    for (language, sentence) in cases {
        let mut stage = after(language, "the fitting", "get_fitting_slots", times());
        let from = stage.says().len();
        stage.model_answers(sentence);
        let said = said_from(&stage, from);
        assert!(said.contains("10:20, 15:00") && !said.contains(sentence), "{sentence}: {said}");
    }
}

#[test]
fn nothing_is_said_to_be_done_before_a_tool_did_it() {
    for (language, sentence) in [
        (Language::En, "You are booked, see you there."),
        (Language::En, "Your order has been placed."),
        (Language::En, "I have cancelled your appointment."),
        (Language::Uk, "Вас записано, чекаємо."),
        (Language::Uk, "Замовлення оформлено."),
        (Language::Ru, "Я вас записал."),
        (Language::Ru, "Запись отменена."),
    ] {
        let mut stage = Stage::with(Limits::default());
        stage.tell(Event::Begin { facts: Box::new(facts(language)) });
        stage.play_all();
        stage.caller_says("yes please, do it now");
        let from = stage.says().len();
        stage.model_answers(sentence);
        let said = said_from(&stage, from);
        assert!(!said.contains(sentence) && said.ends_with('?'), "{sentence}: {said}");
    }
}

#[test]
fn a_success_may_be_told() {
    let mut stage = read_back();
    stage.caller_says("yes");
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(
        call,
        true,
        json!({ "status": "confirmed", "station": "North", "date": "2026-11-25", "time": "10:20" }),
    );
    let from = stage.says().len();
    stage.model_answers("You are booked for Wednesday, 25 November at 10:20.");
    assert!(said_from(&stage, from).starts_with("You are booked"));
}

#[test]
fn a_refusal_that_echoes_the_model_makes_nothing_true() {
    let mut stage = after(Language::En, "the fitting", "get_fitting_slots", times());
    stage.model_calls("get_fitting_slots", json!({ "date_from": "2026-12-09", "time": "07:40" }));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    let echo = json!({ "error": "bad", "message": "2026-12-09 07:40 was not offered." });
    stage.tool_ends(call, false, echo);
    let from = stage.says().len();
    stage.model_answers("On 9 December at 7:40 it is free.");
    let said = said_from(&stage, from);
    assert!(!said.contains("7:40") && said.contains("10:20"), "{said}");
}

#[test]
fn only_the_false_sentence_of_an_answer_goes() {
    let mut stage = after(Language::En, "205/55 R16", "search_tires", tyres());
    let from = stage.says().len();
    stage.model_answers("The Nokian is at 4720 UAH. The Pirelli is at 9999 UAH. Shall I order it?");
    assert_eq!(said_from(&stage, from), "The Nokian is at 4720 UAH. Shall I order it?");
    assert_eq!(verdicts(&stage), [Verdict::Send, Verdict::Withhold]);
}

#[test]
fn the_rest_of_a_sentence_goes_with_its_false_part() {
    let mut stage = after(Language::En, "205/55 R16", "search_tires", tyres());
    let from = stage.says().len();
    stage
        .model_answers("The Pirelli is at 9999 UAH, which is a good price for it. Shall we go on?");
    assert_eq!(said_from(&stage, from), "Shall we go on?");
}

#[test]
fn the_callers_own_words_may_be_repeated_but_prove_nothing() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need four tyres 205/55 R16 for 3000 hryvnias on Friday at 9:40");
    let from = stage.says().len();
    stage.model_answers(
        "Four tyres in 205/55 R16, up to 3000 UAH, on Friday at 9:40. Is that right?",
    );
    assert!(
        said_from(&stage, from).starts_with("Four tyres in 205/55 R16"),
        "{}",
        said_from(&stage, from)
    );
    stage.caller_says("is the nine forty free and does it cost 3000 hryvnias");
    for sentence in ["Yes, 9:40 is free.", "It costs 3000 UAH.", "We have four tyres in stock."] {
        let from = stage.says().len();
        stage.model_answers(sentence);
        assert!(!said_from(&stage, from).contains(sentence), "{sentence}");
        stage.caller_says("and what else is there");
    }
}

#[test]
fn what_is_ours_alone_is_never_spoken() {
    for sentence in [
        "I call search_tires with the size.",
        "{\"width\": 205}",
        "The station 100001 is near.",
        "Your booking is B1.",
        "# Checklist: name, station",
        "[x] the name is known.",
    ] {
        let mut stage = after(Language::En, "the fitting", "get_fitting_slots", times());
        let from = stage.says().len();
        stage.model_answers(sentence);
        let said = said_from(&stage, from);
        assert!(!said.is_empty() && !said.contains(sentence), "{sentence}: {said}");
    }
    let mut stage = after(Language::En, "205/55 R16", "search_tires", tyres());
    let from = stage.says().len();
    stage.model_answers("- **Nokian** is at 4720 UAH.");
    assert_eq!(said_from(&stage, from), "Nokian is at 4720 UAH.");
}

#[test]
fn a_promise_without_a_call_is_asked_about_once() {
    let mut stage = Stage::greeted();
    stage.caller_says("Do you have winter tyres");
    assert!(!stage.ask().nudge);
    stage.model_answers("Sure, let me check.");
    assert_eq!(stage.asks().len(), 2);
    assert!(stage.ask().nudge);
    stage.model_answers("One moment, please.");
    assert_eq!(stage.asks().len(), 2, "once a turn");
    assert!(stage.last_said().1.contains("Sorry"), "{}", stage.last_said().1);
    stage.caller_says("hello there");
    stage.model_says("Let me look. ");
    stage.model_calls("search_tires", json!({ "width": 205 }));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, tyres());
    assert!(!stage.ask().nudge, "it did call");
}

#[test]
fn withheld_words_again_and_again_lead_to_a_person() {
    let mut stage = Stage::greeted();
    for _ in 0..3 {
        stage.caller_says("what does it cost then");
        stage.model_answers("It costs 500 UAH.");
    }
    assert!(stage.last_said().1.contains("connect"), "{}", stage.last_said().1);
}

#[test]
fn who_asks_not_to_be_recorded_leaves_no_claims() {
    let mut stage = Stage::greeted();
    stage.caller_says("please don't record me");
    stage.play_all();
    stage.caller_says("what does it cost then");
    stage.model_answers("It costs 500 UAH.");
    let claims: Vec<_> = stage
        .notes()
        .into_iter()
        .filter_map(|note| match note {
            Note::Claim { sentence, evidence, .. } => Some((sentence, evidence)),
            _ => None,
        })
        .collect();
    assert!(!claims.is_empty());
    let blank = |(sentence, evidence): &(String, Vec<treadline::turn::Evidence>)| {
        sentence.is_empty() && evidence.iter().all(|one| one.value.is_empty())
    };
    assert!(claims.iter().all(blank), "{claims:?}");
}
