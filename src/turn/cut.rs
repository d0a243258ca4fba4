//! Where a sentence was cut, and where it goes on.

/// Heard to this share counts as heard in full: the rest is the fade of the last syllable.
const HEARD_IN_FULL: f32 = 0.95;

/// The beginning of `text` that was heard when `share` of it was played: whole words only, counted
/// by characters, as a voice spends about the same time on each.
pub(super) fn heard_words(text: &str, share: f32) -> &str {
    if share >= HEARD_IN_FULL {
        return text;
    }
    let total = text.chars().count();
    let played = (share.max(0.0) * total as f32).floor() as usize;
    let mut end = 0;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count > played {
            break;
        }
        if c.is_whitespace() {
            end = at;
        }
    }
    text[..end].trim_end()
}

/// The rest of `text` from the word that was cut, when `heard` of it was heard. A number is begun
/// anew: half of one is another one.
pub(super) fn from_the_cut<'t>(text: &'t str, heard: &str) -> &'t str {
    let mut at = heard.len().min(text.len());
    loop {
        let before = text[..at].trim_end();
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        if word.is_empty() || !word.contains(|c: char| c.is_ascii_digit()) {
            return text[at..].trim_start();
        }
        at = before.len() - word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str, share: f32) -> &str {
        from_the_cut(text, heard_words(text, share))
    }

    #[test]
    fn it_goes_on_at_the_word_that_was_cut() {
        assert_eq!(rest("We have three lovely sets.", 0.3), "three lovely sets.");
        assert_eq!(rest("We have three lovely sets.", 0.0), "We have three lovely sets.");
        assert_eq!(rest("Є три комплекти шин.", 0.5), "комплекти шин.");
    }

    #[test]
    fn a_number_is_never_begun_in_its_middle() {
        let text = "The price is 2 100 UAH each.";
        assert_eq!(from_the_cut(text, "The price is 2"), "2 100 UAH each.");
        assert_eq!(from_the_cut(text, "The price is 2 100"), "2 100 UAH each.");
        assert_eq!(from_the_cut("205/55 R16 is there.", "205/55"), "205/55 R16 is there.");
    }
}
