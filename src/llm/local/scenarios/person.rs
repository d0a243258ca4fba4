//! Who the caller is: names, cars and numbers, asked for or not. Their answers are free text.

use crate::language::heard::Heard;
use crate::llm::local::keywords::{About, is_colour, is_colour_word, words_of};
use crate::llm::local::line::Line;
use crate::llm::local::reply::Ask;
use crate::llm::local::talk::Talk;
use crate::llm::local::words::capital;

/// Longest name, words.
const NAME_WORDS_MAX: usize = 4;
/// Longest description of a car, words.
const VEHICLE_WORDS_MAX: usize = 6;
/// Words of a car that count from its colour on: "silver Toyota Corolla".
const WORDS_FROM_COLOUR: usize = 3;

/// What people say before the name itself; the first ones introduce it anywhere.
const NAME_LEADS: [&str; 71] = [
    "my name is",
    "my name's",
    "the name is",
    "the name's",
    "name is",
    "мене звати",
    "мене звуть",
    "моє ім'я",
    "меня зовут",
    "мое имя",
    "i am",
    "i'm",
    "this is",
    "it's",
    "it is",
    "call me",
    "under",
    "for",
    "recipient is",
    "the recipient is",
    "на ім'я",
    "запишіть на",
    "записуйте на",
    "це",
    "я",
    "ім'я",
    "отримувач",
    "отримає",
    "буду я",
    "на имя",
    "запишите на",
    "записывайте на",
    "это",
    "имя",
    "получатель",
    "получит",
    "буду",
    "на",
    "ну",
    "well",
    "hmm",
    "hm",
    "um",
    "uh",
    "er",
    "so",
    "oh",
    "okay",
    "yes",
    "sure",
    "put",
    "put down",
    "make it",
    "let it be",
    "you know",
    "let me see",
    "пишіть",
    "запишіть",
    "записуйте",
    "нехай буде",
    "так",
    "ем",
    "слухайте",
    "значить",
    "пишите",
    "запишите",
    "записывайте",
    "пусть будет",
    "да",
    "слушайте",
    "значит",
];
/// How many of them introduce a name wherever they stand.
const INTRODUCTIONS: usize = 10;
/// What people say before the car itself.
const VEHICLE_LEADS: [&str; 52] = [
    "ем",
    "ой",
    "значить",
    "слухайте",
    "зараз",
    "эм",
    "э",
    "значит",
    "слушайте",
    "сейчас",
    "hmm",
    "er",
    "let me see",
    "you know",
    "well",
    "um",
    "uh",
    "so",
    "yes",
    "yeah",
    "sure",
    "okay",
    "it's",
    "it is",
    "that's",
    "i have",
    "i've got",
    "i drive",
    "my car is",
    "the car is",
    "my",
    "a",
    "an",
    "the",
    "у мене",
    "в мене",
    "моя",
    "мій",
    "це",
    "машина",
    "автомобіль",
    "ну",
    "так",
    "авто",
    "буде",
    "у меня",
    "мой",
    "это",
    "автомобиль",
    "да",
    "будет",
    "номер",
];
/// Words that follow a name and are not part of it.
const NAME_TAILS: [&str; 9] =
    ["please", "thanks", "thank", "you", "дякую", "прошу", "спасибо", "пожалуйста", "спасибі"];
/// Words that end a sentence politely, or after a name say whose it is.
const POLITE: [&str; 10] = [
    "будь ласка",
    "if possible",
    "that's me",
    "that is me",
    "це я",
    "мене звати",
    "это я",
    "меня зовут",
    "speaking",
    "here",
];

/// The words of a text as they were written, without punctuation at their ends.
fn written(text: &str) -> Vec<String> {
    let mut text = text.trim_end_matches(|c: char| !c.is_alphanumeric()).replace('’', "'");
    while let Some(rest) = POLITE.iter().find_map(|polite| text.strip_suffix(polite)) {
        if !rest.ends_with(|c: char| !c.is_alphanumeric()) {
            break;
        }
        text = rest.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
    }
    text.replace(POLITE[0], " ")
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Drops leading phrases, as often as one fits.
fn without_leads(mut words: Vec<String>, leads: &[&str]) -> Vec<String> {
    loop {
        let lower: Vec<String> =
            words.iter().map(|word| word.to_lowercase().replace(['’', 'ʼ'], "'")).collect();
        let lead = leads
            .iter()
            .map(|lead| lead.split(' ').collect::<Vec<_>>())
            .filter(|lead| lower.len() > lead.len() && lower.iter().zip(lead).all(|(a, b)| a == b))
            .map(|lead| lead.len())
            .max();
        match lead {
            Some(count) => drop(words.drain(..count)),
            None => return words,
        }
    }
}

/// A name after "my name is", for places where a bare word would be something else.
fn introduced_name(text: &str) -> Option<String> {
    let words = written(text);
    let rest = without_leads(words.clone(), &NAME_LEADS[..INTRODUCTIONS]);
    let long = rest.len() == words.len() || rest.len() > NAME_WORDS_MAX;
    (!long && rest.iter().all(|word| is_name_word(word))).then(|| titled(&rest))
}

fn is_name_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | 'ʼ'))
}

/// Capital initials: recognisers write names in lower case as often as not.
fn titled(words: &[String]) -> String {
    words.iter().map(|word| capital(word)).collect::<Vec<_>>().join(" ")
}

impl Talk {
    /// The answer to a question whose answer is free text; false if it is none.
    pub(in crate::llm::local) fn hear_free_text(&mut self, line: &Line) -> bool {
        match self.pending {
            Some(Ask::Name) => self.hear_name(line, true),
            Some(Ask::Recipient) => self.hear_name(line, false),
            Some(Ask::Vehicle | Ask::Colour | Ask::Make) => self.hear_vehicle(line),
            Some(Ask::City) => self.hear_city(line),
            Some(Ask::Address) => self.hear_address(line),
            Some(Ask::CallbackTime) => self.hear_callback_time(line),
            _ => false,
        }
    }

    /// A name, a plate or a number that comes along unasked.
    pub(in crate::llm::local) fn hear_person(&mut self, line: &Line) -> bool {
        let mut understood = false;
        if let Some(name) = line.name().or_else(|| introduced_name(&line.text)) {
            self.person.name = Some(name);
            self.person.name_is_own = true;
            understood = true;
        }
        if let Some(plate) = line.plate() {
            self.person.plate = Some(plate.clone());
            self.person.vehicle = Some(plate);
            understood = true;
        }
        // "A black Skoda" answers the question about the car before it is asked.
        let fits = self.topic == super::Topic::Fitting && self.person.vehicle.is_none();
        if fits && is_colour(&line.text) && super::car::names_car(line) {
            understood |= self.hear_vehicle(line);
        }
        let phone = line.last(|value| match value {
            Heard::Phone(phone) => Some(phone.clone()),
            _ => None,
        });
        if let Some(phone) = phone {
            self.person.phone = Some(phone);
            self.person.phone_confirmed = false;
            understood = true;
        }
        understood
    }

    /// A yes or no to a question that it does not answer.
    pub(super) fn answer_person(ask: &Ask) -> Option<bool> {
        let open = matches!(
            ask,
            Ask::Name | Ask::Vehicle | Ask::Colour | Ask::Make | Ask::Phone | Ask::Recipient
        );
        open.then_some(false)
    }

    /// The answer to "what name is it for?" (`own`), or "who receives it?".
    fn hear_name(&mut self, line: &Line, own: bool) -> bool {
        if let Some(name) = line.name() {
            (self.person.name, self.person.name_is_own) = (Some(name.clone()), true);
            if !own {
                self.take_recipient(name);
            }
            return true;
        }
        // "A black Skoda" is nobody's name.
        if super::car::names_car(line) && is_colour(&line.text) {
            return own && self.hear_vehicle(line);
        }
        let other = line
            .values
            .iter()
            .any(|value| !matches!(value, Heard::Brand(_) | Heard::Number(_) | Heard::Ordinal(_)));
        let asks = line.is(About::Fitting) && line.words.len() > 4;
        // A late answer to how it is paid is no name.
        let pays = line.is_any(&[About::Cash, About::Card, About::Online]);
        if other || asks || pays || line.is(About::Later) || line.asks() {
            return false;
        }
        let mut words = without_leads(written(&line.text), &NAME_LEADS);
        while words.last().is_some_and(|word| NAME_TAILS.contains(&word.to_lowercase().as_str())) {
            words.pop();
        }
        words.retain(|word| !KIN.iter().any(|kin| word.to_lowercase().starts_with(kin)));
        // Recognisers like to write a name twice or spell it out after; the first words are it.
        let legal = (1..=NAME_WORDS_MAX).contains(&words.len())
            && words.iter().all(|word| is_name_word(word))
            && words.iter().map(|word| word.chars().count()).sum::<usize>() >= 2;
        if !legal {
            return false;
        }
        let name = titled(&words);
        // A booking for one's wife does not rename the caller.
        let of_another = line.is(About::Other3rd);
        if own {
            (self.person.name, self.person.name_is_own) = (Some(name), !of_another);
        } else {
            self.take_recipient(name);
        }
        true
    }

    /// The answer to "what car is it?", its colour or its make.
    fn hear_vehicle(&mut self, line: &Line) -> bool {
        if let Some(plate) = line.plate() {
            self.person.plate = Some(plate.clone());
            self.person.vehicle = Some(plate);
            return true;
        }
        if line.asks() || line.is(About::Later) {
            return false;
        }
        let mut words = without_leads(written(&line.text), &VEHICLE_LEADS);
        let colour = words.iter().position(|word| is_colour_word(&word.to_lowercase()));
        // "No, tomorrow at ten": the time is put right, and no car is named.
        if line.has_day() && colour.is_none() && !super::car::names_car(line) {
            return false;
        }
        if words.len() > VEHICLE_WORDS_MAX {
            let Some(at) = colour else { return false };
            words = words[at..].iter().take(WORDS_FROM_COLOUR).cloned().collect();
        }
        while words.last().is_some_and(|word| NAME_TAILS.contains(&word.to_lowercase().as_str())) {
            words.pop();
        }
        let said = words.join(" ");
        if words_of(&said).is_empty() {
            return false;
        }
        let part = self.person.vehicle_part.take();
        let whole = match (&self.pending, part) {
            (Some(Ask::Colour), Some(make)) if words.len() == 1 => format!("{said} {make}"),
            (Some(Ask::Make), Some(colour)) if !is_colour(&said) => format!("{colour} {said}"),
            _ => said,
        };
        let has_digit = whole.chars().any(|c| c.is_ascii_digit());
        let has_letter = whole.chars().any(char::is_alphabetic);
        let enough = whole.split_whitespace().count() >= 2 || (has_digit && whole.len() >= 4);
        if enough && has_letter {
            self.person.vehicle = Some(whole);
        } else if has_letter {
            self.person.vehicle_part = Some(whole);
        } else {
            // Figures alone are no time and no car: half a plate at best.
            return false;
        }
        true
    }

    /// The question about the car that is still owed.
    pub(super) fn vehicle_owed(&self) -> Option<Ask> {
        match (&self.person.vehicle, &self.person.vehicle_part) {
            (Some(_), _) => None,
            (None, None) => Some(Ask::Vehicle),
            (None, Some(part)) if is_colour(part) => Some(Ask::Make),
            (None, Some(_)) => Some(Ask::Colour),
        }
    }
}

/// Words for relatives, by their stems: "for my wife Olena" is Olena's.
const KIN: [&str; 22] = [
    "my",
    "wife",
    "husband",
    "brother",
    "sister",
    "son",
    "daughter",
    "friend",
    "дружин",
    "чоловік",
    "брат",
    "сестр",
    "мою",
    "мого",
    "моя",
    "жен",
    "муж",
    "моего",
    "подруг",
    "мама",
    "тато",
    "папа",
];
