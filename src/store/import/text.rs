//! A file as text: its encoding, its quotes, its lines. What is damaged here damages every row
//! after it, so the whole file is refused, by name and with what to do.

/// Files of shops are some megabytes; a larger one is a mistake.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// No field of a price list is longer.
pub(super) const FIELD_BYTES_MAX: usize = 4_096;

/// The text of a file, without its byte order mark.
///
/// # Errors
/// What is wrong with it, with the line.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("the file is UTF-16; save it as \"CSV UTF-8\"".into());
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(format!("line {}: a NUL byte; this is no text file", line_at(bytes, at)));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(bytes, error.valid_up_to());
        if looks_like_windows_1251(bytes) {
            format!(
                "line {line}: the file is in Windows-1251, not in UTF-8; convert it with `iconv \
                 -f WINDOWS-1251 -t UTF-8 FILE > NEW` or save it as \"CSV UTF-8\""
            )
        } else {
            format!("line {line}: bytes that are not UTF-8; save the file as \"CSV UTF-8\"")
        }
    })?;
    if text.trim().is_empty() { Err("the file is empty".into()) } else { Ok(text) }
}

/// The line of a byte, from 1.
fn line_at(bytes: &[u8], at: usize) -> usize {
    bytes[..at.min(bytes.len())].split(|byte| *byte == b'\n').count()
}

/// In Windows-1251 nearly all bytes above ASCII are letters, and stand beside each other.
fn looks_like_windows_1251(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let is_letter = |byte: &u8| {
        *byte >= 0xc0 || [0xa5, 0xb4, 0xa8, 0xb8, 0xaa, 0xba, 0xaf, 0xbf, 0xb2, 0xb3].contains(byte)
    };
    let letters = bytes.iter().filter(|byte| is_letter(byte)).count();
    high >= 2 && letters * 10 >= high * 8
}

/// The separator of the heading's columns: the one of `,` `;` and tab that it has most of.
pub(super) fn separator(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |separator: u8| heading.bytes().filter(|byte| *byte == separator).count();
    // The last of equals wins: a heading of one column has none of them.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Checks the quotes as RFC 4180 has them: a field is quoted from its first to its last character
/// or not at all, and a quotation mark inside is written twice.
///
/// # Errors
/// The first line that breaks the rule.
pub(super) fn check_quotes(text: &str, separator: u8) -> Result<(), String> {
    enum At {
        FieldStart,
        Bare,
        /// Since this line.
        Quoted(usize),
        /// A quotation mark inside a quoted field: its end, or the first of two.
        Mark(usize),
    }
    let (mut at, mut line) = (At::FieldStart, 1);
    for byte in text.bytes() {
        let ends = byte == separator || byte == b'\n' || byte == b'\r';
        at = match (at, byte) {
            (At::FieldStart, b'"') => At::Quoted(line),
            (At::Bare, b'"') => {
                return Err(format!(
                    "line {line}: a quotation mark in the middle of a field; quote the whole field \
                     and write the mark twice"
                ));
            }
            (At::FieldStart | At::Bare, _) => {
                if ends {
                    At::FieldStart
                } else {
                    At::Bare
                }
            }
            (At::Quoted(since), b'"') => At::Mark(since),
            (At::Mark(since), b'"') | (At::Quoted(since), _) => At::Quoted(since),
            (At::Mark(_), _) if ends => At::FieldStart,
            (At::Mark(_), _) => {
                return Err(format!(
                    "line {line}: text after the closing quotation mark of a field"
                ));
            }
        };
        line += usize::from(byte == b'\n');
    }
    match at {
        At::Quoted(since) => Err(format!("line {since}: a quotation mark that is never closed")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("\u{feff}sku,brand\n".as_bytes()), Ok("sku,brand\n"));
        let cp1251 = b"sku,brand\n1,\xd0\xee\xf1\xe0\xe2\xe0\n";
        let said = decode(cp1251).unwrap_err();
        assert!(said.contains("line 2") && said.contains("iconv -f WINDOWS-1251"), "{said}");
        let said = decode(b"sku\n\n1\xff\n").unwrap_err();
        assert!(said.contains("line 3") && !said.contains("1251"), "{said}");
        assert!(decode(b"\xff\xfes\0k\0").unwrap_err().contains("UTF-16"));
        assert!(decode(b"sku\n1\0\n").unwrap_err().contains("line 2: a NUL"));
        assert!(decode(b" \n").unwrap_err().contains("empty"));
    }

    #[test]
    fn quotes_are_closed_and_stand_around_whole_fields() {
        for good in ["a,b\n\"x\",\"y \"\"z\"\"\"\n", "\"a\nb\",c", "", "\"\",\"\""] {
            assert_eq!(check_quotes(good, b','), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("a,b\n\"x,y\nz,w\n", "line 2: a quotation mark that is never closed"),
            ("a\n5\" rim\n", "line 2: a quotation mark in the middle"),
            ("a\n\"x\"y\n", "line 2: text after the closing"),
        ] {
            let said = check_quotes(bad, b',').unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn the_separator_is_the_headings() {
        assert_eq!(separator("sku;brand;city_aliases\n1;2;a,b,c,d"), b';');
        assert_eq!(separator("sku,brand\n"), b',');
        assert_eq!(separator("sku\tbrand\n"), b'\t');
        assert_eq!(separator("sku\n"), b',');
    }
}
