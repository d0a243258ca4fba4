//! What a line of the caller changes. A line is read in the light of the question before it:
//! "ten twenty" is a time only where a time was asked for.

use super::keywords::About;
use super::line::Line;
use super::reply::{Ask, Reply, Tell};
use super::scenarios::{SCENARIOS, Topic, scenario};
use super::talk::{Act, ReadBack, Talk};
use crate::language::answer::Answer;
use crate::language::detect::language_asked_for;
use crate::language::escalation::trigger;

impl Talk {
    /// Takes in a line.
    pub(super) fn hear(&mut self, line: &Line) {
        let misses = std::mem::take(&mut self.misses);
        let read_back = self.read_back;
        let understood = match line.answer() {
            Some(answer) => self.hear_answer(answer, line),
            None => self.hear_words(line),
        };
        self.read_back = match self.read_back {
            // A read-back that was not heard is read again by the core.
            ReadBack::Waits => ReadBack::Waits,
            _ => ReadBack::None,
        };
        // Words during a read-back that change nothing: it is read once more.
        let reads_again = read_back == ReadBack::Expired && misses == 0;
        if !understood {
            self.misses = misses + 1;
            self.act = if reads_again { Act::Go } else { Act::Miss };
            if !reads_again {
                self.guess_question(line);
            }
        } else if self.act == Act::Operator || self.act == Act::Again {
            self.misses = misses;
        }
    }

    fn hear_answer(&mut self, answer: Answer, line: &Line) -> bool {
        match (self.read_back, answer) {
            // The core has taken it; what came of it follows.
            (ReadBack::Waits, Answer::Yes | Answer::NotHeard | Answer::Repeat | Answer::Wait) => {
                return true;
            }
            // The no is known already; what else is in the line may say what is wrong.
            (ReadBack::Rejected, Answer::No) => {
                if self.topic == Topic::Order {
                    self.hear_order_correction(line);
                }
                return true;
            }
            _ => {}
        }
        match answer {
            Answer::Operator => self.act = Act::Operator,
            Answer::Goodbye => self.act = Act::Farewell,
            Answer::Wait => self.act = Act::Wait,
            Answer::Repeat | Answer::NotHeard => {
                let greets = self.last.is_none() && line.is(About::Hello);
                self.act = if greets { Act::Hello } else { Act::Again };
            }
            Answer::Cancel => self.hear_cancel(line),
            Answer::Yes | Answer::No => return self.hear_yes_no(answer == Answer::Yes, line),
        }
        true
    }

    /// "Cancel": what is under way; where nothing is, what was booked before.
    fn hear_cancel(&mut self, line: &Line) {
        let idle = self.topic == Topic::None;
        let wants_booking = idle && line.is(About::Cancel) && self.pending != Some(Ask::MoreHelp);
        if wants_booking || matches!(self.pending, Some(Ask::MoveOrCancel)) {
            self.turn_to(Topic::Change);
            self.change.cancel();
            return;
        }
        for one in SCENARIOS {
            (one.drop)(self);
        }
        self.read_back = ReadBack::None;
        self.topic = Topic::None;
        self.act = Act::MoreHelp;
    }

    fn hear_yes_no(&mut self, yes: bool, line: &Line) -> bool {
        let pending = self.pending.clone();
        if yes && pending == Some(Ask::OrderThem) {
            self.tires.quantity = line.count().or(self.tires.quantity);
        }
        let own = pending
            .as_ref()
            .and_then(|ask| SCENARIOS.iter().find_map(|one| (one.answer)(self, ask, yes)));
        if let Some(understood) = own {
            return understood;
        }
        match (pending, yes) {
            (Some(Ask::Operator), true) => self.act = Act::Operator,
            (Some(Ask::Operator), false) if line.is(About::Onward) => {
                self.notes.push(Tell::AllRight);
            }
            // Whoever is in the middle of something and wants no person wants to go on with us.
            (Some(Ask::Operator), false) if self.may_go_on() => {
                self.stayed = true;
                self.notes.push(Tell::AllRight);
            }
            (Some(Ask::Operator), false) => {
                // Whoever wants no operator now may want to be phoned.
                self.news = Some(Reply::both(Tell::AllRight, Ask::Callback));
            }
            (Some(Ask::MoreHelp), true) => self.topic = Topic::None,
            (Some(Ask::MoreHelp), false) => self.act = Act::Farewell,
            (None | Some(Ask::Need), false) => self.act = Act::MoreHelp,
            // "Thank you" can be heard as a yes to nothing.
            (_, _) if line.is(About::Thanks) => self.act = Act::Thanks,
            _ => return false,
        }
        true
    }

    /// True once in a call: there is a matter that we can go on with.
    fn may_go_on(&self) -> bool {
        !self.stayed && !matches!(self.topic, Topic::None | Topic::Advice | Topic::Callback)
    }

    fn hear_words(&mut self, line: &Line) -> bool {
        let intent = self.intent(line);
        if intent.is_none() && language_asked_for(&line.text).is_some() {
            let question = self.pending.clone().unwrap_or(Ask::Need);
            self.news = Some(Reply::both(Tell::InThisLanguage, question));
            return true;
        }
        // Names, cars and addresses are free text: nothing else in such a line counts.
        if !self.interrupts(intent, line) && self.hear_free_text(line) {
            return true;
        }
        let mut understood = self.hear_person(line);
        // "I will not make it, let us move it" is a wish, not only news.
        let moves = line.is_any(&[About::Move, About::Cancel]);
        if line.is(About::Late) && !moves {
            self.news = Some(Reply::both(Tell::Late, Ask::Operator));
            return true;
        }
        let about_tires = line.is(About::Tires) || line.has_tire_value();
        // An order that stands is changed by a person.
        let placed = self.topic != Topic::Order && line.is(About::Order) && !about_tires;
        if placed && line.is_any(&[About::Cancel, About::Move]) && !line.is(About::Booking) {
            self.news = Some(Reply::both(Tell::NotMine, Ask::Operator));
            return true;
        }
        if line.is(About::Storage) && line.is(About::Price) && self.knows {
            self.ask_articles(line);
            return true;
        }
        let does =
            matches!(intent, Some(Topic::Change | Topic::Status | Topic::Callback | Topic::Price));
        if !does && self.asks_knowhow(line) {
            self.ask_articles(line);
            return true;
        }
        if intent.is_none() && line.is(About::Info) && !about_tires {
            self.ask_articles(line);
            return true;
        }
        if let Some(topic) = intent {
            understood = true;
            self.turn_to(topic);
        } else {
            understood |= self.drift(line);
        }
        if let Some(one) = scenario(self.topic) {
            understood |= (one.hear)(self, line);
        }
        understood || self.hear_small_talk(line)
    }

    fn hear_small_talk(&mut self, line: &Line) -> bool {
        if line.is(About::Repair) || (line.is(About::Balancing) && self.topic == Topic::None) {
            self.news = Some(Reply::both(Tell::NotBookable, Ask::Operator));
        } else if line.is(About::Info) {
            self.ask_articles(line);
        } else if trigger(&line.text).is_some() {
            // Nobody argues with somebody who complains.
            self.news = Some(Reply::both(Tell::NotMine, Ask::Operator));
        } else if line.is(About::Hello) {
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
}
