//! Addresses with their queries.

use std::fmt::Write as _;

/// A text as it may stand in a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A path with what of a query is not empty.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, "{sign}{name}={}", encoded(value));
        sign = '&';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn a_query_holds_what_is_not_empty_and_nothing_that_ends_it() {
        assert_eq!(with_query("/calls", &[("a", ""), ("b", "")]), "/calls");
        assert_eq!(
            with_query("/calls", &[("a", "x&y=\"z\""), ("b", "шини")]),
            "/calls?a=x%26y%3D%22z%22&b=%D1%88%D0%B8%D0%BD%D0%B8"
        );
    }
}
