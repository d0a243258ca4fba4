//! Style, script and icon, inside the binary. The name carries a hash of the content, so that a
//! browser may keep a file for ever and still gets the new one.

use super::Refusal;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::sync::OnceLock;

struct File {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// `/assets/desk.0123456789ab.css`
    url: String,
}

const KEPT: &str = "public, max-age=31536000, immutable";

fn files() -> &'static [File; 6] {
    static FILES: OnceLock<[File; 6]> = OnceLock::new();
    FILES.get_or_init(|| {
        [
            file("desk.css", "text/css; charset=utf-8", include_bytes!("assets/desk.css")),
            file(
                "dashboard.css",
                "text/css; charset=utf-8",
                include_bytes!("assets/dashboard.css"),
            ),
            file("live.js", "text/javascript; charset=utf-8", include_bytes!("assets/live.js")),
            file("try.js", "text/javascript; charset=utf-8", include_bytes!("assets/try.js")),
            file("voice.js", "text/javascript; charset=utf-8", include_bytes!("assets/voice.js")),
            file("icon.svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
        ]
    })
}

fn file(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> File {
    let hash = Sha256::digest(bytes);
    let mut url = String::from("/assets/");
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    url.push_str(stem);
    url.push('.');
    for byte in hash.iter().take(6) {
        let _ = write!(url, "{byte:02x}");
    }
    url.push('.');
    url.push_str(ending);
    File { name, kind, bytes, url }
}

/// The address of a file.
pub(super) fn url(name: &str) -> &'static str {
    files().iter().find(|file| file.name == name).map_or("/assets/", |file| &file.url)
}

pub(super) async fn serve(Path(name): Path<String>) -> Response {
    let wanted = files().iter().find(|file| file.url.strip_prefix("/assets/") == Some(&name));
    let Some(file) = wanted else { return Refusal::NotFound.into_response() };
    let headers = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, KEPT)];
    (headers, file.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_stays_small_and_nothing_comes_from_elsewhere() {
        for file in files() {
            let text = std::str::from_utf8(file.bytes).unwrap();
            assert!(file.bytes.len() <= 20_000, "{} has {} bytes", file.name, file.bytes.len());
            let foreign = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!foreign.contains("://") && !foreign.contains("@import"), "{}", file.name);
            assert!(!text.contains("eval(") && !text.contains("innerHTML"), "{}", file.name);
        }
    }
}
