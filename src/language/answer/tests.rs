use super::*;
use proptest::prelude::*;

fn expect(language: Language, cases: &[(&str, Option<Answer>)]) {
    for (text, expected) in cases {
        assert_eq!(classify(text, language), *expected, "{text}");
    }
}

#[test]
fn english_answers_are_understood() {
    use Answer::{Cancel, Goodbye, No, NotHeard, Operator, Repeat, Wait, Yes};
    expect(
        Language::En,
        &[
            ("Yes.", Some(Yes)),
            ("yes please", Some(Yes)),
            ("Yeah, that's right.", Some(Yes)),
            ("Uh-huh", Some(Yes)),
            ("Okay, go ahead!", Some(Yes)),
            ("Yes, yes, of course", Some(Yes)),
            ("Um, yes, that is correct, thank you.", Some(Yes)),
            ("No.", Some(No)),
            ("no thanks", Some(No)),
            ("That’s not right.", Some(No)),
            ("no, I don't want it", Some(No)),
            ("What?", Some(NotHeard)),
            ("Pardon?", Some(NotHeard)),
            ("Sorry?", Some(NotHeard)),
            ("Sorry, no.", Some(No)),
            ("Hello? Hello?", Some(NotHeard)),
            ("I can't hear you", Some(NotHeard)),
            ("No, cancel it.", Some(Cancel)),
            ("never mind", Some(Cancel)),
            ("I want to speak to a human.", Some(Operator)),
            ("Can you put me through to an operator because my order is wrong?", Some(Operator)),
            ("Operator!", Some(Operator)),
            ("I don't want to talk to a robot, get me an operator", Some(Operator)),
            ("Connect me with a person", Some(Operator)),
            ("No, that's all. Thank you.", Some(Goodbye)),
            ("Yes, please book it.", Some(Yes)),
            ("Yeah, sure, why not", Some(Yes)),
            ("Yes, that works for me.", Some(Yes)),
            ("bye", Some(Goodbye)),
            ("Thank you, goodbye.", Some(Goodbye)),
            ("Okay, thanks for all the information, bye!", Some(Goodbye)),
            ("That's all, thanks", Some(Goodbye)),
            ("hold on", Some(Wait)),
            ("Yes, one moment please", Some(Wait)),
            ("Repeat, please.", Some(Repeat)),
            ("Sorry, could you repeat that?", Some(Repeat)),
        ],
    );
}

#[test]
fn more_than_an_answer_is_no_answer() {
    expect(
        Language::En,
        &[
            ("Yes, but change the time.", None),
            ("yes and no", None),
            ("no, yes", None),
            ("Is that right?", None),
            ("I'm not sure", None),
            ("not okay", None),
            ("right now", None),
            ("Good morning", None),
            ("Thank you.", None),
            ("I don't know", None),
            ("winter tyres", None),
            ("", None),
            ("...", None),
            ("Yes, at eleven", None),
            ("I don't need an operator", None),
            ("cancel my booking for Friday", None),
        ],
    );
    expect(
        Language::Uk,
        &[
            ("так, але на іншу годину", None),
            ("не знаю", None),
            ("так чи ні", None),
            ("не добре", None),
            ("завтра", None),
            ("такий", None),
            ("мені не потрібен оператор", None),
        ],
    );
}

#[test]
fn ukrainian_answers_are_understood() {
    use Answer::{Cancel, Goodbye, No, NotHeard, Operator, Repeat, Wait, Yes};
    expect(
        Language::Uk,
        &[
            ("Так.", Some(Yes)),
            ("так, звісно", Some(Yes)),
            ("ага", Some(Yes)),
            ("Угу", Some(Yes)),
            ("а", Some(Yes)),
            ("а?", Some(NotHeard)),
            ("а, дякую", None),
            ("Ну так", Some(Yes)),
            ("Так, запишіть, будь ласка", Some(Yes)),
            ("не хочу говорити з роботом, з'єднайте з оператором", Some(Operator)),
            ("Так-так, все вірно", Some(Yes)),
            ("Добре, записуйте", Some(Yes)),
            ("да", Some(Yes)),
            ("yes", Some(Yes)),
            ("ні", Some(No)),
            ("ні, не треба", Some(No)),
            ("Ні, дякую.", Some(No)),
            ("не підходить", Some(No)),
            ("не так", Some(No)),
            ("Алло?", Some(NotHeard)),
            ("Що?", Some(NotHeard)),
            ("Алло, я вас не чую", Some(NotHeard)),
            ("Перепрошую?", Some(NotHeard)),
            ("Вибачте, ні", Some(No)),
            ("скасуйте, будь ласка", Some(Cancel)),
            ("Я передумала", Some(Cancel)),
            ("З'єднайте з оператором", Some(Operator)),
            ("з’єднайте мене, будь ласка, з оператором", Some(Operator)),
            ("хочу поговорити з живою людиною", Some(Operator)),
            ("до побачення", Some(Goodbye)),
            ("Дякую, до побачення!", Some(Goodbye)),
            ("Дякую вам за консультацію, бувайте", Some(Goodbye)),
            ("хвилинку", Some(Wait)),
            ("Зачекайте, будь ласка", Some(Wait)),
            ("повторіть, будь ласка", Some(Repeat)),
            ("Що ви сказали?", Some(Repeat)),
        ],
    );
}

#[test]
fn sounds_of_listening_are_not_interruptions() {
    for text in ["uh-huh", "Okay.", "mhm", "Yeah, right", "I see"] {
        assert!(is_backchannel(text, Language::En), "{text}");
    }
    for text in ["no", "stop", "okay but wait", "", "what", "right?"] {
        assert!(!is_backchannel(text, Language::En), "{text}");
    }
    for text in ["угу", "ага, ага", "Так", "зрозуміло"] {
        assert!(is_backchannel(text, Language::Uk), "{text}");
    }
    assert!(!is_backchannel("ні", Language::Uk));
}

#[test]
fn a_caller_can_refuse_the_transcript() {
    for text in ["Please don't record me.", "I do not want to be recorded", "stop recording this"] {
        assert!(refuses_recording(text, Language::En), "{text}");
    }
    for text in
        ["Не записуйте мене!", "не хочу, щоб мене записували", "Вимкніть запис", "без запису"]
    {
        assert!(refuses_recording(text, Language::Uk), "{text}");
    }
    for (text, language) in [
        ("you can record this", Language::En),
        ("не записуйте мене на завтра", Language::Uk),
        ("запишіть мене на завтра", Language::Uk),
    ] {
        assert!(!refuses_recording(text, language), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        for language in [Language::En, Language::Uk] {
            let _ = classify(&text, language);
            let _ = (is_backchannel(&text, language), refuses_recording(&text, language));
        }
    }

    #[test]
    fn case_and_punctuation_do_not_matter(
        answer in prop::sample::select(vec!["yes", "no", "cancel", "так", "ні", "до побачення"]),
        before in "[ .,!-]{0,3}",
        after in "[ .,!-]{0,3}",
        upper: bool,
    ) {
        let said = if upper { answer.to_uppercase() } else { answer.to_owned() };
        let expected = classify(answer, Language::Uk);
        prop_assert!(expected.is_some());
        prop_assert_eq!(classify(&format!("{before}{said}{after}"), Language::Uk), expected);
    }
}

#[test]
fn a_clear_answer_outweighs_the_hesitation_before_it() {
    use Answer::{No, Wait, Yes};
    let cases = [
        (Language::Ru, "Сейчас, да, всё верно", Some(Yes)),
        (Language::Uk, "Зараз, так, правильно", Some(Yes)),
        (Language::En, "Let me see, yes", Some(Yes)),
        (Language::Ru, "Минутку, нет", Some(No)),
        (Language::En, "Yes, one moment", Some(Wait)),
        (Language::En, "One second, okay", Some(Wait)),
        (Language::Uk, "Зараз, так", Some(Wait)),
    ];
    for (language, text, expected) in cases {
        expect(language, &[(text, expected)]);
    }
}

#[test]
fn a_wish_to_go_on_leaves_the_answer_as_it_is() {
    use Answer::{No, Yes};
    expect(Language::En, &[("No, let's move on", Some(No)), ("Please order them", Some(Yes))]);
    expect(Language::Ru, &[("Нет, идём дальше", Some(No)), ("Да, пускай", Some(Yes))]);
    expect(Language::Uk, &[("Ні, йдемо далі", Some(No)), ("Так, хай буде", Some(Yes))]);
}
