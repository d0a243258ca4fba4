//! The conversation as the caller heard it.

use super::Message;
use super::speech::Speech;

/// Entries that are kept; the oldest go first.
pub(super) const HISTORY_MAX: usize = 300;

/// Of an answer that the caller talks into so many words may have been heard, and it is still
/// withdrawn when they only went on with what they were saying: nobody answers to less.
const WITHDRAWN_WORDS_MAX: usize = 2;

/// An entry, or the place of a line that is still being said.
#[derive(Debug, Clone)]
enum Entry {
    Message(Message),
    Line(u32),
}

/// The conversation so far.
#[derive(Debug, Default, Clone)]
pub(super) struct History {
    entries: Vec<Entry>,
}

impl History {
    fn push_entry(&mut self, entry: Entry) {
        if self.entries.len() >= HISTORY_MAX {
            self.entries.remove(0);
        }
        self.entries.push(entry);
    }

    /// Adds something that is complete.
    pub(super) fn push(&mut self, message: Message) {
        self.push_entry(Entry::Message(message));
    }

    /// Adds the caller's words: to what they said just before, if nothing came between.
    pub(super) fn push_caller(&mut self, words: &str, chars_max: usize) {
        if let Some(Entry::Message(Message::Caller { text })) = self.entries.last_mut() {
            let room = chars_max.saturating_sub(text.chars().count() + 1);
            text.push(' ');
            text.extend(words.chars().take(room));
        } else {
            self.push(Message::Caller { text: words.to_owned() });
        }
    }

    /// Takes the caller's last words out, with what little was heard of the answer to them. Tool
    /// calls stay. Nothing is taken if more was heard, or something still sounds.
    pub(super) fn withdraw(&mut self) -> Option<String> {
        let is_caller = |entry: &Entry| matches!(entry, Entry::Message(Message::Caller { .. }));
        let at = self.entries.iter().rposition(is_caller)?;
        let mut heard = 0;
        for entry in &self.entries[at + 1..] {
            match entry {
                Entry::Message(Message::Agent { text }) => heard += text.split_whitespace().count(),
                Entry::Message(Message::Tool { .. }) => {}
                Entry::Message(Message::Caller { .. }) | Entry::Line(_) => return None,
            }
        }
        if heard > WITHDRAWN_WORDS_MAX {
            return None;
        }
        let is_tool = |entry: &Entry| matches!(entry, Entry::Message(Message::Tool { .. }));
        let after = self.entries.split_off(at + 1);
        let Some(Entry::Message(Message::Caller { text })) = self.entries.pop() else {
            return None;
        };
        self.entries.extend(after.into_iter().filter(is_tool));
        Some(text)
    }

    /// Keeps a place for a line that is being said.
    pub(super) fn push_line(&mut self, id: u32) {
        self.push_entry(Entry::Line(id));
    }

    /// Puts what was heard of a line into its place, or removes the place.
    pub(super) fn settle_line(&mut self, id: u32, heard: Option<Message>) {
        let place =
            self.entries.iter().position(|entry| matches!(entry, Entry::Line(i) if *i == id));
        match (place, heard) {
            (Some(at), Some(message)) => self.entries[at] = Entry::Message(message),
            (Some(at), None) => drop(self.entries.remove(at)),
            (None, _) => {}
        }
    }

    /// What the model is shown. A line that still sounds is shown whole: by the time the next
    /// answer is heard it will have been heard too, or a barge-in will have ended that answer.
    pub(super) fn messages(&self, speech: &Speech) -> Vec<Message> {
        let shown = self.entries.iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.clone()),
            Entry::Line(id) => speech.wording(*id).map(|text| Message::Agent { text }),
        });
        shown.collect()
    }
}
