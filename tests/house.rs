//! The house's own rules: arrows in one direction, files that can be read in one sitting.
#![expect(clippy::unwrap_used, reason = "a test over files of our own")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this is split by meaning.
const LINES_MAX: usize = 400;

/// What may stand at the top of the house.
const TOP_LEVEL: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "Makefile",
    "build.rs",
    "README.md",
    "asterisk",
    "benches",
    "clippy.toml",
    "config.toml",
    "migrations",
    "partitions",
    "rustfmt.toml",
    "src",
];

/// What each module may use besides itself and the pure line.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("turn", vec![]),
        ("audio", vec![]),
        ("language", vec![]),
        ("shop", vec![]),
        ("ids", vec![]),
        ("pii", vec![]),
        ("clock", vec![]),
        ("chart", vec![]),
        ("fuzz", vec![]),
        ("breaker", vec![]),
        ("parts", vec![]),
        ("provider", vec!["breaker"]),
        ("config", vec![]),
        ("spool", vec![]),
        ("metering", vec![]),
        ("asterisk", vec!["breaker"]),
        ("stt", vec!["provider", "breaker", "metering"]),
        ("llm", vec!["provider", "breaker", "metering"]),
        ("tts", vec!["provider", "breaker", "metering"]),
        ("embed", vec!["provider", "breaker"]),
        ("db", vec!["config", "parts", "spool"]),
        ("store", vec!["db", "embed", "provider", "breaker"]),
        ("tools", vec!["store", "llm"]),
        (
            "session",
            vec!["asterisk", "config", "llm", "metering", "spool", "store", "stt", "tools", "tts"],
        ),
        ("http", vec!["asterisk"]),
        ("desk", vec!["config", "db", "http", "spool", "store", "webhooks"]),
        ("api", vec!["config", "db", "http"]),
        ("webhooks", vec!["db"]),
        ("alerts", vec!["config", "db", "jobs"]),
        ("jobs", vec!["asterisk", "db", "llm", "metering", "spool", "store"]),
        ("caller", vec!["asterisk"]),
        ("browser", vec!["asterisk"]),
        (
            "app",
            vec![
                "alerts", "api", "asterisk", "browser", "config", "db", "desk", "embed", "http",
                "jobs", "llm", "metering", "parts", "session", "store", "stt", "tools", "tts",
                "webhooks",
            ],
        ),
    ])
}

const PURE: [&str; 8] = ["turn", "audio", "language", "shop", "ids", "pii", "clock", "chart"];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (module, inside.to_owned(), text)
        })
        .collect()
}

/// The modules that a file names, comments and its own tests left out.
fn arrows(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

#[test]
fn arrows_between_modules_point_one_way() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if ["main", "lib", "cli"].contains(&module.as_str()) || path.ends_with("tests.rs") {
            continue;
        }
        let Some(may_use) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: the module has no line in this test", path.display()));
            continue;
        };
        for target in arrows(&text) {
            let fine = target == module
                || PURE.contains(&target.as_str())
                || may_use.contains(&target.as_str())
                || target.starts_with("test");
            if !fine {
                wrong.push(format!("{} uses crate::{target}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that are not in the drawing:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > LINES_MAX)
        .map(|(_, path, text)| format!("{} lines {}", text.lines().count(), path.display()))
        .collect();
    assert!(long.is_empty(), "split by meaning:\n{}", long.join("\n"));
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let known: BTreeSet<&str> = TOP_LEVEL.into_iter().chain(["tests", "target"]).collect();
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let local = name == "config.local.toml" || name.starts_with('.');
        assert!(local || known.contains(name.as_str()), "{name} has no place at the top level");
    }
}

#[test]
fn sql_is_never_put_together_from_pieces() {
    for (_, path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let built = line.contains("query(&format!") || line.contains("query_as(&format!");
            assert!(!built, "{}:{} builds SQL from pieces", path.display(), number + 1);
        }
    }
}
