//! The committed parts of an utterance and their texts.
//!
//! The server names a part after it is committed, and finishes parts in any order: texts go by
//! name. What comes late for an earlier utterance is dropped.

use std::collections::VecDeque;

#[derive(Debug, Default)]
struct Part {
    name: Option<String>,
    partial: String,
    text: Option<String>,
}

/// The parts of the utterance in progress.
#[derive(Debug, Default)]
pub(super) struct Parts {
    committed: Vec<Part>,
    /// Commits that the server has not named yet, oldest first: of this utterance or not?
    unnamed: VecDeque<bool>,
    /// The server names what is committed. One that does not finishes in order.
    names: bool,
}

impl Parts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.committed.len()
    }

    /// A part has been committed.
    pub fn commit(&mut self) {
        self.committed.push(Part::default());
        self.unnamed.push_back(true);
    }

    /// A new utterance: what is still to come belongs to no part of it.
    pub fn forget(&mut self) {
        self.committed.clear();
        self.unnamed.iter_mut().for_each(|ours| *ours = false);
    }

    /// The server has named the oldest part without a name.
    pub fn named(&mut self, name: &str) {
        self.names = true;
        if self.unnamed.pop_front() == Some(true)
            && let Some(part) = self.committed.iter_mut().find(|part| part.name.is_none())
        {
            part.name = Some(name.to_owned());
        }
    }

    /// More words of a part that is not finished.
    pub fn delta(&mut self, name: &str, more: &str) {
        let known = self.committed.iter().position(|part| part.name.as_deref() == Some(name));
        // Without names the oldest unfinished part is meant.
        let ours = !self.names && self.unnamed.front() == Some(&true);
        let open = || self.committed.iter().position(|part| part.text.is_none()).filter(|_| ours);
        if let Some(part) = known.or_else(open).and_then(|at| self.committed.get_mut(at)) {
            part.partial.push_str(more);
        }
    }

    /// The text of a part.
    pub fn completed(&mut self, name: &str, text: &str) {
        if !self.names {
            self.named(name);
            self.names = false;
        }
        let part = self.committed.iter_mut().find(|part| part.name.as_deref() == Some(name));
        if let Some(part) = part {
            part.text = Some(text.to_owned());
        }
    }

    /// The text of the first `count` parts, if all are finished.
    pub fn text(&self, count: usize) -> Option<String> {
        let texts: Option<Vec<&str>> =
            self.committed.iter().take(count).map(|part| part.text.as_deref()).collect();
        texts.map(|texts| join(&texts))
    }

    /// All words known so far.
    pub fn interim(&self) -> String {
        let texts = self.committed.iter().map(|part| part.text.as_deref().unwrap_or(&part.partial));
        join(&texts.collect::<Vec<_>>())
    }
}

fn join(texts: &[&str]) -> String {
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_finish_in_another_order_are_read_in_the_order_they_were_said() {
        let mut parts = Parts::default();
        parts.commit();
        parts.commit();
        parts.named("a");
        parts.named("b");
        parts.completed("b", "fifty five");
        assert_eq!(parts.text(2), None);
        parts.delta("a", " two oh");
        assert_eq!(parts.interim(), "two oh fifty five");
        parts.completed("a", " two oh five ");
        assert_eq!(parts.text(1).as_deref(), Some("two oh five"));
        assert_eq!(parts.text(2).as_deref(), Some("two oh five fifty five"));
    }

    #[test]
    fn what_comes_late_for_an_earlier_utterance_is_dropped() {
        let mut parts = Parts::default();
        parts.commit();
        parts.named("old");
        parts.commit();
        parts.forget();
        parts.commit();
        parts.completed("old", "old words");
        parts.named("old too");
        parts.completed("old too", "more old words");
        assert_eq!(parts.text(1), None);
        parts.named("new");
        parts.completed("new", "new words");
        assert_eq!(parts.text(1).as_deref(), Some("new words"));
    }

    #[test]
    fn a_server_that_names_nothing_is_read_in_order() {
        let mut parts = Parts::default();
        parts.commit();
        parts.forget();
        parts.commit();
        parts.completed("x", "old");
        assert_eq!(parts.text(1), None);
        parts.delta("y", "ne");
        assert_eq!(parts.interim(), "ne");
        parts.completed("y", "new");
        assert_eq!(parts.text(1).as_deref(), Some("new"));
    }
}
