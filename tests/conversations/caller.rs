//! A simulated caller: answers what it is asked from its goal, with the slips of real people.

use crate::conversations::book::Book;
use crate::conversations::goal::Goal;
use crate::conversations::rng::Rng;
use std::collections::BTreeMap;

/// A caller who is asked the same thing so often gives up.
const SAME_QUESTION_MAX: u32 = 4;
/// A caller who has said so many lines gives up.
const LINES_MAX: u32 = 40;

/// How a line is said.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Says(String),
    /// Into the agent's next sentence instead of waiting for its end.
    HangsUp,
}

pub struct Caller<'a> {
    book: &'a Book,
    goal: &'a Goal,
    rng: Rng,
    asked: BTreeMap<String, u32>,
    /// What was asked last: an agent that only says "take your time" still waits for it.
    open: Option<String>,
    lines: u32,
    digressed: bool,
}

impl<'a> Caller<'a> {
    pub fn new(book: &'a Book, goal: &'a Goal) -> Self {
        let rng = Rng::new(goal.seed ^ 0xca11_e500);
        Self { book, goal, rng, asked: BTreeMap::new(), open: None, lines: 0, digressed: false }
    }

    /// True if this caller now speaks into the agent's answer.
    pub fn interrupts(&mut self) -> bool {
        self.rng.chance(4)
    }

    /// What the caller says after the agent's words.
    pub fn reply(&mut self, agent: &str, interrupting: bool) -> Reply {
        self.lines += 1;
        if self.lines > LINES_MAX || agent.is_empty() {
            return Reply::HangsUp;
        }
        if self.lines == 1 {
            return self.say(self.goal.opening());
        }
        let asked = self.book.asked(agent).map(str::to_owned);
        if asked.is_some() {
            // Whatever they say first, they know what they were asked.
            self.open.clone_from(&asked);
        }
        if self.rng.chance(4) {
            return self.say("again");
        }
        if !self.digressed && self.rng.chance(4) {
            self.digressed = true;
            return self.say("digress");
        }
        let Some(asked) = asked else {
            if interrupting {
                return self.say("again");
            }
            return match self.open.take() {
                Some(asked) => self.count(&asked, &self.goal.answer_to(&asked)),
                None => self.count("", "goodbye"),
            };
        };
        let answer = self.goal.answer_to(&asked);
        self.count(&asked, &answer)
    }

    fn count(&mut self, asked: &str, answer: &str) -> Reply {
        let times = self.asked.entry(asked.to_owned()).or_default();
        *times += 1;
        match *times {
            n if n > SAME_QUESTION_MAX + 1 => Reply::HangsUp,
            n if n > SAME_QUESTION_MAX => self.say("goodbye"),
            n if n > 1 && answer == "point" => self.say("point_again"),
            _ => self.say(answer),
        }
    }

    fn say(&mut self, key: &str) -> Reply {
        if self.goal.recognised {
            return Reply::Says(self.book.heard(key, &mut self.rng));
        }
        let mut line = self.book.line(key, self.goal.frozen, &mut self.rng);
        // Who wants two tyres does not ask for a set.
        while self.goal.quantity == "2" && (line.contains("a set") || line.contains("комплект"))
        {
            line = self.book.line(key, self.goal.frozen, &mut self.rng);
        }
        for slot in [
            "size",
            "season",
            "brand",
            "quantity",
            "name",
            "car_model",
            "car",
            "station",
            "city",
            "address",
            "diameter",
            "colour",
            "make",
        ] {
            let hole = format!("{{{slot}}}");
            if !line.contains(&hole) {
                continue;
            }
            let wording = self.wording(slot);
            line = line.replace(&hole, &wording);
        }
        Reply::Says(self.noisy(line))
    }

    /// A wording of the value, sometimes after a wrong one that is taken back.
    fn wording(&mut self, slot: &str) -> String {
        if matches!(slot, "colour" | "make") {
            let car = self.book.value("car", self.goal.car, &mut self.rng);
            let (colour, make) = car.split_once(' ').expect("a car is colour and make");
            return if slot == "colour" { colour.to_owned() } else { make.to_owned() };
        }
        let value = self.goal.value(slot).unwrap_or_else(|| panic!("no value for {slot}"));
        let right = self.book.value(slot, value, &mut self.rng);
        let others: &[&str] = match slot {
            "size" => &["225/45 R17", "185/65 R15"],
            "quantity" => &["2", "4"],
            _ => &[],
        };
        if others.is_empty() || !self.rng.chance(8) {
            return right;
        }
        let other = *self.rng.pick(others);
        let wrong = self.book.value(slot, other, &mut self.rng);
        let taken_back = self.rng.pick(&self.book.noise().corrections).clone();
        if other == value { right } else { format!("{wrong}, {taken_back} {right}") }
    }

    fn noisy(&mut self, mut line: String) -> String {
        let noise = self.book.noise();
        if self.rng.chance(25) {
            let [said, heard] = self.rng.pick(&noise.mishearings);
            line = line.replacen(said.as_str(), heard, 1);
        }
        if self.rng.chance(20) {
            line = format!("{} {line}", self.rng.pick(&noise.hesitations));
        }
        if self.rng.chance(15) {
            // Recognisers leave marks out.
            line.retain(|c| !matches!(c, '.' | '!' | '?'));
        }
        line
    }
}
