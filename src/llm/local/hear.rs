//! What a line of the caller changes. A line is read in the light of the question before it:
//! "ten twenty" is a time only where a time was asked for.

use super::Lexicon;
use super::keywords::{About, is, words_of};
use super::reply::Ask;
use super::talk::{Act, Talk, Topic};
use crate::language::answer::Answer;
use crate::language::heard::{Context, Heard, hear};

/// The values of a line, by kind; of several of one kind the last counts.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) words: Vec<String>,
    pub(super) values: Vec<Heard>,
}

impl Line {
    pub(super) fn last<T>(&self, pick: impl Fn(&Heard) -> Option<T>) -> Option<T> {
        self.values.iter().rev().find_map(pick)
    }

    pub(super) fn is(&self, about: About) -> bool {
        is(&self.words, about)
    }
}

impl Talk {
    /// Takes in a line.
    pub(super) fn hear(&mut self, text: &str, lexicon: &Lexicon) {
        let context = Context { today: self.today, sizes: &lexicon.sizes, brands: &lexicon.brands };
        let line = Line {
            text: text.to_owned(),
            words: words_of(text),
            values: hear(text, self.language, &context),
        };
        self.line.clone_from(&line.text);
        let misses = std::mem::take(&mut self.misses);
        let answer = line.last(|value| match value {
            Heard::Answer(answer) => Some(*answer),
            _ => None,
        });
        let understood = match answer {
            Some(answer) => self.hear_answer(answer, &line),
            None => self.hear_words(&line),
        };
        if !understood {
            self.misses = misses + 1;
            self.act = Act::Miss;
        } else if self.act == Act::Operator {
            self.misses = misses;
        }
    }

    fn hear_answer(&mut self, answer: Answer, line: &Line) -> bool {
        match answer {
            Answer::Operator => self.act = Act::Operator,
            Answer::Goodbye => self.act = Act::Farewell,
            Answer::Wait => self.act = Act::Wait,
            Answer::Repeat | Answer::NotHeard => {
                let greets = self.last.is_none() && line.is(About::Hello);
                self.act = if greets { Act::Hello } else { Act::Again };
            }
            Answer::Cancel => {
                let places = std::mem::take(&mut self.fitting).places;
                self.fitting.places = places;
                self.topic = Topic::None;
                self.act = Act::MoreHelp;
            }
            Answer::Yes | Answer::No => return self.hear_yes_no(answer == Answer::Yes, line),
        }
        true
    }

    fn hear_yes_no(&mut self, yes: bool, line: &Line) -> bool {
        if self.reading_back && !self.fitting.declined {
            // The core has taken it.
            return true;
        }
        match (self.pending.clone(), yes) {
            (Some(Ask::FitThem), true) => self.topic = Topic::Fitting,
            (None | Some(Ask::Need | Ask::FitThem | Ask::TakeSeason(_)), false) => {
                self.act = Act::MoreHelp;
            }
            (Some(Ask::TakeSeason(season)), true) => self.tires.season = Some(season),
            (Some(Ask::TakeSize(sizes)), true) => match sizes.as_slice() {
                [only] => self.tires.size = Some(*only),
                _ => return false,
            },
            (Some(Ask::TakeSize(_)), false) => self.tires.size = None,
            (Some(Ask::PhoneRight(_)), yes) => {
                self.fitting.phone_right = yes;
                if !yes {
                    self.fitting.phone = None;
                }
            }
            (Some(Ask::Operator), true) => self.act = Act::Operator,
            (Some(Ask::Operator), false) | (Some(Ask::MoreHelp), true) => self.topic = Topic::None,
            (Some(Ask::MoreHelp), false) => self.act = Act::Farewell,
            (Some(Ask::When), true) => self.fitting.when.earliest = true,
            // "No" to a read-back: what to change is asked. "Yes" to that question makes no sense
            // but for a caller who wants the booking as it was.
            (Some(Ask::Change), false) => {}
            (Some(Ask::Change), true) => self.fitting.declined = false,
            (Some(Ask::Time { .. }), false) => self.ask_when_again(),
            // "Thank you" can be heard as a yes to nothing.
            (_, _) if line.is(About::Thanks) => self.act = Act::Thanks,
            _ => return self.fitting.declined,
        }
        true
    }

    fn hear_words(&mut self, line: &Line) -> bool {
        // Names and cars are free text: nothing else in such a line counts.
        let taken = match self.pending {
            Some(Ask::Name) => self.hear_name(line),
            Some(Ask::Vehicle | Ask::Colour | Ask::Make) => self.hear_vehicle(line),
            _ => false,
        };
        if taken {
            return true;
        }
        let mut understood = self.hear_asides(line);
        let topic = self.topic;
        self.change_topic(line);
        understood |= topic != self.topic || (line.is(About::Fitting) && topic == Topic::Fitting);
        understood |= self.hear_tire_values(line);
        if self.topic == Topic::Tires {
            understood |= self.hear_about_offers(line);
        } else if self.topic == Topic::Fitting {
            understood |= self.hear_change(line);
            understood |= self.hear_place(line);
            understood |= self.hear_when(line);
        }
        if understood {
            return true;
        }
        if line.is(About::Hello) {
            self.act = Act::Hello;
        } else if line.is(About::Nothing) {
            self.act = Act::Farewell;
        } else if line.is(About::Thanks) {
            self.act = Act::Thanks;
        } else {
            return false;
        }
        true
    }

    /// A name, a plate or a number that comes along unasked.
    fn hear_asides(&mut self, line: &Line) -> bool {
        let mut understood = false;
        let name = line.last(|value| match value {
            Heard::Name(name) => Some(name.clone()),
            _ => None,
        });
        if let Some(name) = name {
            self.fitting.name = Some(name);
            understood = true;
        }
        let plate = line.last(|value| match value {
            Heard::Plate(plate) => Some(plate.clone()),
            _ => None,
        });
        if let Some(plate) = plate {
            self.fitting.vehicle = Some(plate);
            understood = true;
        }
        let phone = line.last(|value| match value {
            Heard::Phone(phone) => Some(phone.clone()),
            _ => None,
        });
        if let Some(phone) = phone {
            self.fitting.phone = Some(phone);
            self.fitting.phone_right = false;
            understood = true;
        }
        understood
    }

    fn change_topic(&mut self, line: &Line) {
        let tire_value = line
            .values
            .iter()
            .any(|value| matches!(value, Heard::TireSize(_) | Heard::Season(_) | Heard::Brand(_)));
        let day_value = line.values.iter().any(|value| {
            matches!(value, Heard::Earliest | Heard::Date(_) | Heard::Weekday(_) | Heard::Time(_))
        });
        let (tires, buying) = (line.is(About::Tires), line.is(About::Buying));
        let fitting = line.is(About::Fitting);
        let next = match self.topic {
            Topic::Fitting if tires && (buying || tire_value) && !fitting => Topic::Tires,
            Topic::Fitting => Topic::Fitting,
            _ if fitting && !(tire_value && buying) => Topic::Fitting,
            // A day where we offered a fitting is a yes to it.
            Topic::Tires if day_value && self.pending == Some(Ask::FitThem) => Topic::Fitting,
            Topic::Tires => Topic::Tires,
            Topic::None if tire_value || tires || line.is(About::Stock) => Topic::Tires,
            Topic::None if day_value => Topic::Fitting,
            Topic::None => Topic::None,
        };
        if next == Topic::Fitting && self.topic != Topic::Fitting {
            self.fitting.said.clear();
        }
        self.topic = next;
    }
}
