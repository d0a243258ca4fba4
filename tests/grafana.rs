//! The dashboard and the alert rules name metrics that `/metrics` really shows.
#![expect(clippy::unwrap_used, reason = "a test over files of our own")]

use std::collections::BTreeSet;
use std::path::Path;
use treadline::desk::grafana::{DASHBOARD, RULES};
use treadline::http::metrics;

/// Every name of ours in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("treadline_")).collect()
}

/// What the code records: kind and name.
fn recorded(folder: &Path, found: &mut BTreeSet<(&'static str, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            recorded(&path, found);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for kind in ["counter", "gauge", "histogram"] {
            for rest in text.split(&format!("{kind}!(")).skip(1) {
                let name = rest.trim_start().strip_prefix('"').and_then(|r| r.split('"').next());
                if let Some(name) = name.filter(|name| name.starts_with("treadline_")) {
                    found.insert((kind, name.to_owned()));
                }
            }
        }
    }
}

#[test]
fn every_metric_of_the_dashboard_and_of_the_rules_is_on_the_page_of_metrics() {
    let page = metrics::install().unwrap();
    let mut known = BTreeSet::new();
    recorded(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut known);
    assert!(known.len() > 30, "{known:?}");
    for (kind, name) in known {
        match kind {
            "counter" => ::metrics::counter!(name).increment(0),
            "gauge" => ::metrics::gauge!(name).increment(0.0),
            _ => ::metrics::histogram!(name).record(1.0),
        }
    }
    let page = page.render();
    // As they stand there: a histogram without buckets, say, has no `_bucket`.
    let shown: BTreeSet<&str> = page
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split([' ', '{']).next())
        .collect();
    for (file, text) in [("treadline.json", DASHBOARD), ("rules.yml", RULES)] {
        let named = names(text);
        assert!(named.len() > 8, "{file}: {named:?}");
        let missing: Vec<_> = named.into_iter().filter(|name| !shown.contains(name)).collect();
        assert!(missing.is_empty(), "{file} names what /metrics never shows: {missing:?}");
    }
}

#[test]
fn the_dashboard_is_json_and_each_panel_asks_something_of_the_chosen_source() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 10);
    for panel in panels {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{}", panel["title"]);
        for target in targets {
            assert!(target["expr"].as_str().unwrap().contains("treadline_"), "{}", panel["title"]);
            assert_eq!(target["datasource"]["uid"], "${datasource}");
        }
    }
}
