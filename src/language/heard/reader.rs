//! The desk on which an utterance is taken apart: each reader takes its values away, so that no
//! figure is read twice.

use super::items::{Item, items};
use super::{Context, Heard, Spotted};

/// An utterance being read.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub context: &'a Context<'a>,
    /// The utterance is Russian, as far as its letters and the call tell.
    pub russian: bool,
    pub items: Vec<Item>,
    /// Which items belong to a value already.
    pub used: Vec<bool>,
    pub found: Vec<Spotted>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, russian: bool, context: &'a Context<'a>) -> Self {
        let items = items(text, russian);
        let used = vec![false; items.len()];
        Self { text, context, russian, items, used, found: Vec::new() }
    }

    /// Takes the items `first` to `last` (inclusive) as a value.
    pub fn take(&mut self, first: usize, last: usize, value: Heard) {
        self.drop_items(first, last);
        self.found.push(Spotted {
            value,
            start: self.items[first].start,
            end: self.items[last].end,
        });
    }

    /// Takes items away that are no value: house numbers, idioms.
    pub fn drop_items(&mut self, first: usize, last: usize) {
        self.used[first..=last].fill(true);
    }

    /// The item, if it is there and free.
    pub fn free(&self, at: usize) -> Option<&Item> {
        self.items.get(at).filter(|_| !self.used[at])
    }

    /// The item before `at`, used or not.
    pub fn before(&self, at: usize) -> Option<&Item> {
        self.items.get(at.checked_sub(1)?)
    }

    /// True if a free item is one of these words.
    pub fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.free(at).is_some_and(|item| item.is_any(words))
    }

    /// True if the item before `at` is one of these words.
    pub fn follows(&self, at: usize, words: &[&str]) -> bool {
        self.before(at).is_some_and(|item| item.is_any(words))
    }

    /// The value of a free cardinal number.
    pub fn cardinal(&self, at: usize) -> Option<u32> {
        let number = self.free(at)?.number()?;
        number.ordinal.is_none().then(|| number.value())
    }

    /// How many items a phrase of words covers, if it stands at `at`. A `*` ends a stem.
    pub fn phrase(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut length = 0;
        for expected in phrase.split_ascii_whitespace() {
            let word = self.free(at + length)?.word()?;
            let same =
                expected.strip_suffix('*').map_or(word == expected, |stem| word.starts_with(stem));
            if !same {
                return None;
            }
            length += 1;
        }
        Some(length)
    }
}
