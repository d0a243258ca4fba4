//! The configuration: layers, and every kind of mistake.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use secrecy::ExposeSecret as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use treadline::config::{Config, ConfigError, Problem, Secrets, load_from};
use treadline::language::Language;

/// A folder of one test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("config-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        Self(path)
    }

    fn load(&self, environment: &[(&str, &str)]) -> Result<(Config, Secrets), ConfigError> {
        let owned = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        load_from(&self.0, owned)
    }

    fn problems(&self, environment: &[(&str, &str)]) -> Vec<Problem> {
        self.load(environment).expect_err("this configuration is wrong").0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn has(problems: &[Problem], place: &str, key: &str, words: &str) {
    assert!(
        problems.iter().any(|p| p.place == place && p.key == key && p.message.contains(words)),
        "no problem with {place}, {key}, `{words}` in {problems:#?}"
    );
}

#[test]
fn the_file_in_the_root_is_complete_and_equal_to_the_defaults() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("config.toml")).unwrap();
    let folder = Folder::with(&[("config.toml", &text)]);
    let (config, _) = folder.load(&[]).unwrap();
    assert_eq!(config, Config::default());
    // Complete: every key of the defaults stands in it.
    let written: toml::Table = text.parse().unwrap();
    assert_eq!(written, toml::Table::try_from(Config::default()).unwrap());
}

#[test]
fn every_key_of_the_file_has_a_comment_at_it_or_at_its_group() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("config.toml")).unwrap();
    for section in text.split("\n\n") {
        assert!(section.contains('#'), "no comment in:\n{section}");
    }
}

#[test]
fn a_folder_without_a_file_means_the_defaults() {
    let (config, secrets) = Folder::with(&[]).load(&[]).unwrap();
    assert_eq!(config, Config::default());
    assert!(secrets.openai_api_key.is_none() && secrets.database_url.is_none());
}

#[test]
fn the_local_file_lies_over_the_file_and_the_environment_over_both() {
    let folder = Folder::with(&[
        ("config.toml", "[shop]\nname = \"One\"\nlanguage = \"uk\"\n[limits]\ncalls_max = 5\n"),
        ("config.local.toml", "[shop]\nname = \"Two\"\n[limits]\ncalls_max = 6\n"),
    ]);
    let (config, _) = folder.load(&[("TREADLINE__LIMITS__CALLS_MAX", "7")]).unwrap();
    assert_eq!(config.shop.name, "Two");
    assert_eq!(config.shop.language, Language::Uk);
    assert_eq!(config.limits.calls_max, 7);
    assert_eq!(config.server, Config::default().server);
}

#[test]
fn the_environment_reaches_every_kind_of_key() {
    let (config, _) = Folder::with(&[])
        .load(&[
            ("TREADLINE__SERVER__LISTEN", "0.0.0.0:8181"),
            ("TREADLINE__AUDIOSOCKET__TRUSTED_PEERS", "127.0.0.1, 10.0.0.7,::1"),
            ("TREADLINE__STT__PROVIDER", "openai-realtime"),
            ("TREADLINE__SHOP__TIMEZONE", "Europe/Warsaw"),
            ("TREADLINE__LIMITS__CALL__SILENCE_MS", "9000,8000,7000"),
            ("TREADLINE__LOG__JSON", "true"),
            ("TREADLINE_PARTS", "/not/ours"),
            ("PATH", "/usr/bin"),
        ])
        .unwrap();
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    assert_eq!(config.server.listen.port(), 8181);
    assert_eq!(config.audiosocket.trusted_peers, [ip("127.0.0.1"), ip("10.0.0.7"), ip("::1")]);
    assert_eq!(config.shop.timezone, chrono_tz::Europe::Warsaw);
    assert_eq!(config.limits.call.silence_ms, [9000, 8000, 7000]);
    assert!(config.log.json);
    let none = Folder::with(&[]).load(&[("TREADLINE__AUDIOSOCKET__TRUSTED_PEERS", "")]).unwrap().0;
    assert!(none.audiosocket.trusted_peers.is_empty(), "an empty variable is an empty list");
}

#[test]
fn secrets_come_from_the_environment_and_print_as_nothing() {
    let (_, secrets) = Folder::with(&[])
        .load(&[
            ("OPENAI_API_KEY", "sk-very-secret"),
            ("DATABASE_URL", "postgresql://u:hidden@h/d"),
            ("TREADLINE_CALL_SECRET", ""),
        ])
        .unwrap();
    assert_eq!(secrets.openai_api_key.as_ref().unwrap().expose_secret(), "sk-very-secret");
    assert_eq!(secrets.database_url.as_ref().unwrap().expose_secret(), "postgresql://u:hidden@h/d");
    assert!(secrets.call_secret.is_none(), "an empty variable is none");
    let printed = format!("{secrets:?}");
    assert!(!printed.contains("sk-very") && !printed.contains("hidden"), "{printed}");
}

#[test]
fn all_problems_of_all_places_are_listed_at_once() {
    let folder = Folder::with(&[
        (
            "config.toml",
            "surprise = 1\n[server]\nlisten = \"nowhere\"\n[audiosocket]\nleed_ms = 40\n\
             [llm]\napi_key = \"sk-1\"\n[limits]\ncalls_max = 0\n",
        ),
        (
            "config.local.toml",
            "[shop]\nlanguage = \"fr\"\ntimezone = 3\n[limits.call]\nturns_max = -1\n",
        ),
    ]);
    let environment = [
        ("TREADLINE__AUDIOSOCKET__LEAD_MS", "50"),
        ("TREADLINE__LOG__JSON", "perhaps"),
        ("TREADLINE__SHOP__COLOUR", "blue"),
        ("TREADLINE__SHOP", "x"),
    ];
    let problems = folder.problems(&environment);
    has(&problems, "config.toml", "surprise", "not a key");
    has(&problems, "config.toml", "server.listen", "socket address");
    has(&problems, "config.toml", "audiosocket.leed_ms", "did you mean `lead_ms`?");
    has(&problems, "config.toml", "llm.api_key", "OPENAI_API_KEY");
    has(&problems, "config.toml", "limits.calls_max", "at least 1");
    has(&problems, "config.local.toml", "shop.language", "fr");
    has(&problems, "config.local.toml", "shop.timezone", "invalid type");
    has(&problems, "config.local.toml", "limits.call.turns_max", "-1");
    has(&problems, "environment", "TREADLINE__AUDIOSOCKET__LEAD_MS", "whole frames");
    has(&problems, "environment", "TREADLINE__LOG__JSON", "neither true nor false");
    has(&problems, "environment", "TREADLINE__SHOP__COLOUR", "there are ");
    has(&problems, "environment", "TREADLINE__SHOP", "section");
    assert_eq!(problems.len(), 12, "{problems:#?}");
    let printed = folder.load(&environment).unwrap_err().to_string();
    assert_eq!(printed.lines().count(), 13, "{printed}");
    assert!(!printed.contains("sk-1"), "a secret is not repeated: {printed}");
}

#[test]
fn a_file_that_is_not_toml_names_its_line() {
    let folder = Folder::with(&[("config.toml", "[server]\n# fine\nlisten = \n")]);
    has(&folder.problems(&[]), "config.toml", "", "line 3");
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_and_not_a_default() {
    let folder = Folder::with(&[]);
    std::fs::create_dir(folder.0.join("config.toml")).unwrap();
    has(&folder.problems(&[]), "config.toml", "", "cannot be read");
    let folder = Folder::with(&[]);
    std::fs::write(folder.0.join("config.local.toml"), [0xff, 0xfe, b'a']).unwrap();
    has(&folder.problems(&[]), "config.local.toml", "", "cannot be read");
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    let wrong = [
        ("TREADLINE__LIMITS__CALL__TRANSCRIBE_EARLY_MS", "600"),
        ("TREADLINE__LIMITS__CALL__ENDPOINTING_MS", "1000"),
        ("TREADLINE__LIMITS__CALL__FILLER_MS", "3000"),
        ("TREADLINE__LIMITS__CALL__TOOLS_PER_TURN_MAX", "31"),
        ("TREADLINE__LIMITS__CALL__TRANSFER_TARGET", "boss"),
        ("TREADLINE__TRANSFER__ALLOWED", "operator,hangup"),
        ("TREADLINE__SHOP__PHONE_PREFIX", "380"),
        ("TREADLINE__SHOP__NAME", " "),
        ("TREADLINE__STT__LANGUAGE", "xx"),
        ("TREADLINE__LLM__BASE_URL", "localhost:1234"),
        ("TREADLINE__DATABASE__URL", "mysql://x"),
        ("TREADLINE__DATABASE__CONNECTIONS_MAX", "0"),
        ("TREADLINE__AUDIOSOCKET__LEAD_MS", "220"),
    ];
    for (name, value) in wrong {
        let problems = Folder::with(&[]).problems(&[(name, value)]);
        assert_eq!(problems.len(), 1, "{name}={value}: {problems:#?}");
        assert_eq!((problems[0].place.as_str(), problems[0].key.as_str()), ("environment", name));
    }
}

#[test]
fn the_edges_of_the_lead_are_legal() {
    for lead_ms in ["0", "20", "200"] {
        Folder::with(&[]).load(&[("TREADLINE__AUDIOSOCKET__LEAD_MS", lead_ms)]).unwrap();
    }
}
