//! Articles cut into chunks that each answer something by themselves: at headings and paragraphs
//! first, then at sentences. Pure: the same article gives the same chunks.

use super::stems::{distinct_stems, stems};
use std::collections::HashSet;

/// Characters of a chunk: what a caller may be told from and a model reads without losing time.
pub const CHUNK_CHARS_MAX: usize = 700;
/// Chunks of one article; a longer one is a book and should be cut by its author.
pub const CHUNKS_MAX: usize = 200;

/// A piece of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its heading inside the article; empty if it has none.
    pub heading: String,
    /// Its text: one or more whole paragraphs, or a part of a very long one.
    pub text: String,
}

/// Cuts the text of an article. Lines that begin with `#` are headings; an empty line ends a
/// paragraph. A chunk holds at most [`CHUNK_CHARS_MAX`] characters, and no text comes twice.
#[must_use]
pub fn chunks(content: &str) -> Vec<Chunk> {
    let mut found: Vec<Chunk> = Vec::new();
    let mut heading = String::new();
    // True while the next paragraph may join the chunk before it.
    let mut joins = false;
    for paragraph in paragraphs(content) {
        if let Some(title) = paragraph.strip_prefix('#') {
            title.trim_start_matches('#').trim().clone_into(&mut heading);
            joins = false;
            continue;
        }
        for piece in pieces(&paragraph) {
            let room = found
                .last()
                .map_or(0, |last| CHUNK_CHARS_MAX.saturating_sub(last.text.chars().count() + 1));
            match found.last_mut().filter(|_| joins && piece.chars().count() <= room) {
                Some(last) => {
                    last.text.push('\n');
                    last.text.push_str(&piece);
                }
                None => found.push(Chunk { heading: heading.clone(), text: piece }),
            }
            joins = true;
        }
    }
    let mut seen = HashSet::new();
    found.retain(|chunk| seen.insert(chunk.text.clone()));
    found.truncate(CHUNKS_MAX);
    found
}

/// Paragraphs and headings, spaces tidied.
fn paragraphs(content: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in content.lines().map(str::trim) {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_heading = line.starts_with('#');
        if is_heading || line.is_empty() {
            found.push(words);
            found.push(String::new());
        } else if let Some(last) = found.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(&words);
        }
    }
    found.retain(|paragraph| !paragraph.is_empty());
    found
}

/// A paragraph in pieces that fit: whole sentences, and words where a sentence is too long.
fn pieces(paragraph: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for sentence in sentences(paragraph).iter().flat_map(|sentence| short_enough(sentence)) {
        match found.last_mut() {
            Some(last)
                if last.chars().count() + 1 + sentence.chars().count() <= CHUNK_CHARS_MAX =>
            {
                last.push(' ');
                last.push_str(&sentence);
            }
            _ => found.push(sentence),
        }
    }
    found
}

fn short_enough(sentence: &str) -> Vec<String> {
    if sentence.chars().count() <= CHUNK_CHARS_MAX {
        return vec![sentence.to_owned()];
    }
    let letters: Vec<char> = sentence.chars().collect();
    letters.chunks(CHUNK_CHARS_MAX).map(|part| part.iter().collect()).collect()
}

/// Sentences of a written text: a full stop, a question or exclamation mark before a space and
/// something that begins a sentence. "R16. Шини" ends one, "1.6 мм" and "т. п. є" do not.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let (mut found, mut start) = (Vec::new(), 0);
    for at in 0..letters.len() {
        let ends = matches!(letters[at], '.' | '!' | '?' | '…')
            && letters.get(at + 1).is_none_or(|next| next.is_whitespace())
            && letters[at + 1..].iter().find(|c| !c.is_whitespace()).is_none_or(|next| {
                next.is_uppercase() || next.is_ascii_digit() || matches!(next, '«' | '"' | '—')
            });
        if ends {
            found.push(letters[start..=at].iter().collect::<String>().trim().to_owned());
            start = at + 1;
        }
    }
    if start < letters.len() {
        found.push(letters[start..].iter().collect::<String>().trim().to_owned());
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// The sentences of `content` that say most of what `question` asks, in a row, at most
/// `chars_max` characters; the first one where none says more. At least one sentence is given,
/// unless it is longer than that by itself: then nothing is.
#[must_use]
pub fn best_passage(content: &str, question: &str, chars_max: usize) -> String {
    let asked = distinct_stems(question);
    let all: Vec<String> = content.lines().flat_map(sentences).collect();
    let shares: Vec<usize> = all
        .iter()
        .map(|sentence| {
            let held: HashSet<String> = stems(sentence).into_iter().collect();
            asked.iter().filter(|stem| held.contains(*stem)).count()
        })
        .collect();
    let best = (0..all.len()).rev().max_by_key(|at| shares[*at]).unwrap_or(0);
    let mut told = String::new();
    for sentence in all.iter().skip(best) {
        let longer = told.chars().count() + sentence.chars().count() + 1;
        if longer > chars_max {
            break;
        }
        if !told.is_empty() {
            told.push(' ');
        }
        told.push_str(sentence);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_paragraphs_are_the_seams() {
        let article = "Вступ про шини.\n\n## Тиск\nТиск перевіряйте щомісяця.\nНа холодних шинах.\n\n\
                       Друге.\n\n## Знос\nМежа 1.6 мм.";
        let found = chunks(article);
        let shown: Vec<(&str, &str)> =
            found.iter().map(|c| (c.heading.as_str(), c.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("", "Вступ про шини."),
                ("Тиск", "Тиск перевіряйте щомісяця. На холодних шинах.\nДруге."),
                ("Знос", "Межа 1.6 мм."),
            ]
        );
    }

    #[test]
    fn no_chunk_is_too_long_and_no_word_is_lost() {
        let words = (0..900).map(|n| format!("слово{n}")).collect::<Vec<_>>().concat();
        let long = "Слово за словом іде речення. ".repeat(200) + &words;
        let found = chunks(&long);
        assert!(found.iter().all(|chunk| chunk.text.chars().count() <= CHUNK_CHARS_MAX));
        let repeated: HashSet<&str> = found.iter().map(|chunk| chunk.text.as_str()).collect();
        assert_eq!(repeated.len(), found.len(), "no text twice");
        let told: String = found.iter().map(|chunk| chunk.text.as_str()).collect();
        assert!(told.contains("слово1слово2") && told.ends_with("слово899"));
        assert_eq!(chunks(&long), found, "the same each time");
    }

    #[test]
    fn an_empty_article_has_no_chunks() {
        assert!(chunks("").is_empty() && chunks("\n \n# Title\n\n").is_empty());
    }

    #[test]
    fn sentences_end_where_a_reader_would_say_so() {
        assert_eq!(
            sentences("Межа 1.6 мм. Далі — ні! 4 шини? Так"),
            ["Межа 1.6 мм.", "Далі — ні!", "4 шини?", "Так"]
        );
    }

    #[test]
    fn the_passage_is_the_one_that_was_asked_for() {
        let text = "Ми любимо шини. Тиск перевіряють раз на місяць. Насос лежить поруч.";
        assert_eq!(
            best_passage(text, "як часто перевіряти тиск", 60),
            "Тиск перевіряють раз на місяць. Насос лежить поруч."
        );
        assert_eq!(best_passage(text, "дракони", 20), "Ми любимо шини.");
        assert_eq!(best_passage("Дуже довге речення без кінця.", "речення", 5), "");
    }
}
