//! An article as a file: a few lines of `key: value` between lines of `---`, then Markdown.

use crate::ids::sha256_hex;
use crate::language::Language;
use crate::language::chunks::{Chunk, chunks};
use crate::language::detect::language_of;
use crate::language::stems::{STEMS_VERSION, distinct_stems};
use crate::shop::Category;
use serde_json::{Value, json};

/// Characters of an article.
pub const ARTICLE_CHARS_MAX: usize = 100_000;
/// The stem of all words for a price. No chunk holds it: what things cost is known to the tools,
/// and a question for it finds nothing certain here.
const PRICE: &str = "price";
/// Characters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// Characters of a slug.
const SLUG_CHARS_MAX: usize = 80;

/// An article in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The name of the matter, the same in all languages: small letters, digits, `-`.
    pub slug: String,
    /// The language of the text.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub category: Category,
    /// The text.
    pub content: String,
    /// Where it comes from: a file, an address.
    pub source: String,
}

impl Article {
    /// Reads a file. What the head does not say is taken from the file's name
    /// (`tyre-storage.uk.md`), the first heading and the text itself.
    ///
    /// # Errors
    /// What is wrong and what would be right, one sentence.
    pub fn read(file_name: &str, text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let (head, body) = parts(&text)?;
        let said = |key: &str| {
            let line = head.iter().find(|(name, _)| *name == key);
            line.map(|(_, value)| (*value).to_owned()).filter(|value| !value.is_empty())
        };
        let known = ["slug", "language", "title", "category"];
        if let Some((key, _)) = head.iter().find(|(key, _)| !known.contains(key)) {
            return Err(format!("the head has `{key}`; it may have {}", known.join(", ")));
        }
        let mut name = file_name.split('.');
        let stem = name.next().unwrap_or_default();
        let by_name = name.next().and_then(Language::from_code);
        let language = match said("language") {
            Some(code) => Some(
                Language::from_code(&code)
                    .ok_or_else(|| format!("language: {code} must be uk, ru or en"))?,
            ),
            None => by_name.or_else(|| language_of(body)),
        };
        let language = language.ok_or("the language cannot be told; write `language: uk`")?;
        let category = match said("category") {
            Some(word) => Category::from_word(&word).ok_or_else(|| {
                let words: Vec<&str> = Category::ALL.iter().map(|one| one.as_str()).collect();
                format!("category: {word} must be one of {}", words.join(", "))
            })?,
            None => Category::General,
        };
        let (title, content) = title_and_text(said("title"), body);
        let article = Self {
            slug: said("slug").unwrap_or_else(|| stem.to_lowercase().replace([' ', '_'], "-")),
            language,
            title: title.ok_or("there is no title; write `title: …` or a first line `# …`")?,
            category,
            content,
            source: file_name.to_owned(),
        };
        article.check()?;
        Ok(article)
    }

    /// An article of its parts, as somebody wrote them.
    ///
    /// # Errors
    /// What is wrong and what would be right, one sentence.
    pub fn of(
        (slug, language): (&str, Language),
        category: Category,
        title: &str,
        content: &str,
        source: &str,
    ) -> Result<Self, String> {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let article = Self {
            slug: slug.trim().to_owned(),
            language,
            title: one_line(title),
            category,
            content: content.replace("\r\n", "\n").trim().to_owned(),
            source: source.to_owned(),
        };
        if article.title.is_empty() {
            return Err("there is no title".into());
        }
        article.check()?;
        Ok(article)
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.slug.is_empty()
            || self.slug.len() > SLUG_CHARS_MAX
            || self.slug.starts_with('-')
            || !self.slug.chars().all(plain)
        {
            return Err(format!(
                "slug {:?} must be small Latin letters, digits and `-`, at most {SLUG_CHARS_MAX}",
                self.slug
            ));
        }
        if self.title.chars().count() > TITLE_CHARS_MAX {
            return Err(format!("the title is longer than {TITLE_CHARS_MAX} characters"));
        }
        if self.content.chars().count() > ARTICLE_CHARS_MAX {
            return Err(format!("the text is longer than {ARTICLE_CHARS_MAX} characters"));
        }
        if self.content.contains('\0') || self.title.contains('\0') {
            return Err("the text holds a zero byte".into());
        }
        if chunks(&self.content).is_empty() {
            return Err("there is no text".into());
        }
        Ok(())
    }

    /// What the stored article rests on: another hash is another version.
    #[must_use]
    pub fn hash(&self) -> String {
        let Self { title, category, content, .. } = self;
        sha256_hex(&format!("{STEMS_VERSION}\n{title}\n{}\n{content}", category.as_str()))
    }

    /// The chunks as rows for `knowledge_embeddings`.
    pub(super) fn chunk_rows(&self) -> Vec<Value> {
        let cut = chunks(&self.content);
        cut.iter().enumerate().map(|(at, chunk)| self.chunk_row(at, chunk)).collect()
    }

    fn chunk_row(&self, at: usize, chunk: &Chunk) -> Value {
        let above = format!("{}\n{}", self.title, chunk.heading);
        let mut stems = distinct_stems(&format!("{above}\n{}", chunk.text));
        stems.retain(|stem| stem != PRICE);
        let own = if chunk.heading.is_empty() { &self.title } else { &chunk.heading };
        json!({
            "slug": self.slug,
            "language": self.language.code(),
            "chunk_index": at,
            "heading": chunk.heading,
            "chunk_text": chunk.text,
            "chunk_hash": sha256_hex(&format!("{above}\n{}", chunk.text)),
            "heading_stems": distinct_stems(own),
            "stem_text": stems.join(" "),
            "stems": stems,
        })
    }
}

/// Keys and values.
type Head<'t> = Vec<(&'t str, &'t str)>;

/// The head as keys and values, and the rest.
fn parts(text: &str) -> Result<(Head<'_>, &str), String> {
    let Some(rest) = text.strip_prefix("---\n") else { return Ok((Vec::new(), text)) };
    let (head, body) = rest.split_once("\n---\n").ok_or("the head has no closing line `---`")?;
    let pairs = head.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let (key, value) = line
            .split_once(':')
            .ok_or_else(|| format!("{line:?} in the head must be `key: value`"))?;
        Ok((key.trim(), value.trim()))
    });
    Ok((pairs.collect::<Result<_, String>>()?, body))
}

/// The title as the head gives it, or the first line if that is a heading, and the text.
fn title_and_text(said: Option<String>, body: &str) -> (Option<String>, String) {
    let body = body.trim();
    if said.is_some() {
        return (said, body.to_owned());
    }
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    match first.strip_prefix("# ") {
        Some(title) => (Some(title.trim().to_owned()), rest.trim().to_owned()),
        None => (None, body.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_head_says_everything() {
        let text = "---\nslug: keeping\nlanguage: uk\ncategory: storage\ntitle: Зберігання\n---\n\n\
                    Шини лежать у теплі.\n";
        let article = Article::read("whatever.md", text).unwrap();
        assert_eq!((article.slug.as_str(), article.language), ("keeping", Language::Uk));
        assert_eq!((article.title.as_str(), article.category), ("Зберігання", Category::Storage));
        assert_eq!(article.content, "Шини лежать у теплі.");
    }

    #[test]
    fn a_plain_file_is_read_by_its_name_and_first_line() {
        let article =
            Article::read("How_long.en.md", "# How long tyres live\n\nTen years.").unwrap();
        assert_eq!((article.slug.as_str(), article.language), ("how-long", Language::En));
        assert_eq!(
            (article.title.as_str(), article.content.as_str()),
            ("How long tyres live", "Ten years.")
        );
        assert_eq!(article.category, Category::General);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (name, text, wrong) in [
            ("a.uk.md", "", "no title"),
            ("a.uk.md", "# Тільки назва", "no text"),
            ("a.uk.md", "---\ntitle: x\n", "closing"),
            ("a.uk.md", "---\ntitel: x\n---\ny", "titel"),
            ("a.md", "---\ntitle: x\nlanguage: pl\n---\ny", "uk, ru or en"),
            ("a.md", "---\ntitle: x\n---\n123", "language: uk"),
            ("a.uk.md", "---\ntitle: x\ncategory: cars\n---\ny", "one of tyres"),
            ("Ключ.uk.md", "# x\ny", "small Latin"),
            ("a.uk.md", "# x\ny\0", "zero byte"),
        ] {
            let error = Article::read(name, text).unwrap_err();
            assert!(error.contains(wrong), "{text:?}: {error}");
        }
    }

    #[test]
    fn another_text_is_another_hash() {
        let read = |text: &str| Article::read("a.uk.md", text).unwrap().hash();
        assert_eq!(read("# x\ny"), read("# x\r\ny\n\n"));
        assert_ne!(read("# x\ny"), read("# x\nz"));
    }
}
