//! Questions beside the talk: what the shop's articles answer. They change no topic: after the
//! answer the question that stood before is asked again.

use crate::language::Language;
use crate::language::chunks::best_passage;
use crate::language::escalation::trigger;
use crate::llm::local::keywords::About;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Reply, Tell};
use crate::llm::local::talk::{Act, Talk};
use serde_json::Value;

/// The tool.
pub(in crate::llm::local) const TOOL: &str = "search_knowledge_base";
/// Characters of an answer: about twelve seconds of speech.
const PASSAGE_CHARS_MAX: usize = 200;
/// Fewer words are no question of this kind.
const WORDS_MIN: usize = 3;
/// Words with which questions begin; recognisers leave the mark out as often as not.
const ASKING: [&str; 44] = [
    "чи",
    "що",
    "як",
    "де",
    "коли",
    "чому",
    "навіщо",
    "скільки",
    "хто",
    "який",
    "яка",
    "яке",
    "які",
    "куди",
    "что",
    "как",
    "где",
    "когда",
    "почему",
    "зачем",
    "сколько",
    "кто",
    "какой",
    "какая",
    "какие",
    "куда",
    "можно",
    "можна",
    "what",
    "how",
    "where",
    "when",
    "why",
    "who",
    "which",
    "can",
    "could",
    "do",
    "does",
    "is",
    "are",
    "should",
    "must",
    "may",
];
/// What is asked of the articles, characters.
const QUERY_CHARS_MAX: usize = 300;

/// A question for the articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::llm::local) struct Question {
    /// In the caller's words.
    pub(in crate::llm::local) text: String,
    /// The line was not understood otherwise: if nothing answers it, it is still a miss.
    guess: bool,
}

impl Talk {
    /// A line that asks how things are, not for something to be done. "Prepayment" answers how the
    /// caller wants to pay; "is a prepayment needed" asks.
    pub(in crate::llm::local) fn asks_knowhow(&self, line: &Line) -> bool {
        let asks = self.idle() || line.asks() || begins_as_question(line);
        self.knows && asks && line.is(About::Knowhow) && !line.has_tire_value() && !line.has_day()
    }

    /// No question of ours is open.
    fn idle(&self) -> bool {
        matches!(&self.pending, None | Some(Ask::Need | Ask::MoreHelp))
    }

    /// The articles are asked, where there are any; a complaint is a person's business.
    pub(in crate::llm::local) fn ask_articles(&mut self, line: &Line) {
        if self.knows && trigger(&line.text).is_none() {
            self.question = Some(Question::of(line, false));
        } else {
            self.news = Some(Reply::both(Tell::NotMine, Ask::Operator));
        }
    }

    /// A line that means nothing else may be a question.
    pub(in crate::llm::local) fn guess_question(&mut self, line: &Line) {
        let asks = line.asks() || (self.idle() && begins_as_question(line));
        if self.knows && asks && line.words.len() >= WORDS_MIN {
            self.question = Some(Question::of(line, true));
        }
    }

    /// The articles have answered, or do not.
    pub(in crate::llm::local) fn learn_articles(&mut self, result: &Value) {
        let Some(question) = self.question.take() else { return };
        match answer_in(result, &question.text, self.language) {
            Some(text) => {
                let person = result["escalate"].is_string().then_some(Ask::Operator);
                let ask = person.unwrap_or_else(|| self.question_before());
                self.news = Some(Reply::both(Tell::Answer(text), ask));
                (self.act, self.misses) = (Act::Go, 0);
            }
            None if question.guess => self.act = Act::Miss,
            None => self.news = Some(Reply::both(Tell::NotMine, Ask::Operator)),
        }
    }

    /// What stood open before the question came.
    fn question_before(&self) -> Ask {
        match &self.pending {
            None | Some(Ask::Need | Ask::Operator) => Ask::MoreHelp,
            Some(ask) => ask.clone(),
        }
    }
}

fn begins_as_question(line: &Line) -> bool {
    line.words.iter().take(2).any(|word| ASKING.contains(&word.as_str()))
}

impl Question {
    fn of(line: &Line, guess: bool) -> Self {
        let text = line.text.chars().filter(|c| !c.is_control()).take(QUERY_CHARS_MAX).collect();
        Self { text, guess }
    }
}

/// What of the first article answers the question; nothing if it is in a language that the
/// caller's voice does not speak.
fn answer_in(result: &Value, question: &str, language: Language) -> Option<String> {
    let article = result["articles"].get(0)?;
    let foreign = article["language"].as_str().is_some_and(|code| code != language.code());
    let content = article["content"].as_str().filter(|_| !foreign)?;
    let passage = best_passage(content, question, PASSAGE_CHARS_MAX);
    (!passage.is_empty()).then_some(passage)
}
