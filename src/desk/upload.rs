//! Forms that carry a file (`multipart/form-data`), for the routes that take one.

use super::Refusal;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use std::time::Duration;

/// The largest form with a file, bytes. The command line takes larger files: there nobody's browser
/// waits, and no one else's pages share the memory.
const UPLOAD_BYTES_MAX: usize = 8 * 1024 * 1024;
/// So much of a form that is too large is still read and thrown away: a browser that is cut off
/// while it sends never sees why.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long such a form may take to arrive.
pub(super) const UPLOAD_MAX: Duration = Duration::from_mins(1);
/// Fields of a form; ours have ten.
const PARTS_MAX: usize = 32;
/// The longest value of a field that is no file, bytes.
const FIELD_BYTES_MAX: usize = 4_096;

/// A file that came with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name on the other machine; not to be trusted.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// Fields and file of a form.
pub(super) type Parts = (Vec<(String, String)>, Option<Upload>);

/// True for a route whose form carries a file.
pub(super) fn takes_files(path: &str) -> bool {
    path == "/stock"
}

/// The largest form of a page where long texts are written, bytes: an article of the greatest length,
/// each letter of which may be six signs on its way.
pub(super) const LONG_BYTES_MAX: usize = 1024 * 1024;

/// True for a route whose form carries a long text.
pub(super) fn is_long(path: &str) -> bool {
    ["/knowledge", "/knowledge/{id}", "/prompts"].contains(&path)
}

/// The boundary, if the form is of this kind.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let given = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let given = given.trim_matches('"');
    let legal =
        (1..=70).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic());
    legal.then(|| given.to_owned())
}

/// Reads a form with a file.
///
/// # Errors
/// It is too large, or not what such a form is.
pub(super) async fn read(body: Body, boundary: &str) -> Result<Parts, Refusal> {
    let mut stream = body.into_data_stream();
    let (mut all, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::Bad)?;
        seen = seen.saturating_add(chunk.len());
        if seen <= UPLOAD_BYTES_MAX {
            all.extend_from_slice(&chunk);
        } else if seen > DRAIN_BYTES_MAX {
            break;
        } else {
            all = Vec::new();
        }
    }
    if seen > UPLOAD_BYTES_MAX {
        return Err(Refusal::TooLarge);
    }
    parse(&Bytes::from(all), boundary).ok_or(Refusal::Bad)
}

/// Where `wanted` stands in `text`, from `from` on.
fn find(text: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| at + from)
}

fn parse(body: &Bytes, boundary: &str) -> Option<Parts> {
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    if !body.starts_with(first.as_bytes()) {
        return None;
    }
    let (mut fields, mut file) = (Vec::new(), None);
    let mut at = first.len();
    loop {
        if body.get(at..at + 2)? == b"--" {
            return Some((fields, file));
        }
        if body.get(at..at + 2)? != b"\r\n" || fields.len() > PARTS_MAX {
            return None;
        }
        let head_end = find(body, b"\r\n\r\n", at)?;
        // A part without any heading has no name.
        let head = std::str::from_utf8(body.get(at + 2..head_end)?).ok()?;
        let end = find(body, between.as_bytes(), head_end + 4)?;
        let value = body.slice(head_end + 4..end);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let name = parameter(disposition, "name")?;
        match parameter(disposition, "filename") {
            Some(name) => {
                // A second file is nothing that our forms send.
                if file.replace(Upload { name, bytes: value }).is_some() {
                    return None;
                }
            }
            None if value.len() <= FIELD_BYTES_MAX => {
                fields.push((name, std::str::from_utf8(&value).ok()?.to_owned()));
            }
            None => return None,
        }
        at = end + between.len();
    }
}

/// A parameter of a heading: `name="x"`. Browsers write a quotation mark in it as `%22`.
fn parameter(heading: &str, wanted: &str) -> Option<String> {
    heading.split(';').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        (name == wanted).then(|| value.chars().filter(|c| !c.is_control()).take(200).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[&str]) -> Bytes {
        let mut all = String::new();
        for part in parts {
            all.push_str("--B\r\n");
            all.push_str(part);
            all.push_str("\r\n");
        }
        all.push_str("--B--\r\n");
        Bytes::from(all)
    }

    #[test]
    fn fields_and_a_file_are_told_apart() {
        let body = form(&[
            "Content-Disposition: form-data; name=\"kind\"\r\n\r\nstock",
            "content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
             Content-Type: text/csv\r\n\r\nsku,quantity\r\n1,2\r\n--\r\n",
            "Content-Disposition: form-data; name=\"empty\"\r\n\r\n",
        ]);
        let (fields, file) = parse(&body, "B").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(fields, [pair("kind", "stock"), pair("empty", "")]);
        let file = file.unwrap();
        assert_eq!(file.name, "a.csv");
        assert_eq!(file.bytes, Bytes::from_static(b"sku,quantity\r\n1,2\r\n--\r\n"));
    }

    #[test]
    fn what_is_no_such_form_is_refused() {
        for bad in [
            Bytes::new(),
            Bytes::from_static(b"--B"),
            Bytes::from_static(b"--B\r\n\r\n\r\n"),
            Bytes::from_static(b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--"),
            Bytes::from_static(b"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"),
            form(&["Content-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\n1"; 2]),
        ] {
            assert_eq!(parse(&bad, "B"), None, "{bad:?}");
        }
        let long = format!(
            "Content-Disposition: form-data; name=\"a\"\r\n\r\n{}",
            "x".repeat(FIELD_BYTES_MAX + 1)
        );
        assert_eq!(parse(&form(&[&long]), "B"), None);
    }
}
