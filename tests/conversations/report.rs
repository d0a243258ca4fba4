//! Who was served, by scenario and language, and the conversations of those who were not.

use crate::conversations::goal::{Goal, SCENARIOS};
use crate::conversations::talk::Talk;
use std::fmt::Write as _;
use std::path::Path;
use treadline::language::Language;

/// Failures that are printed in full; all of them are written to a file.
const PRINTED_MAX: usize = 12;

pub struct Verdict {
    pub goal: Goal,
    pub language: Language,
    pub talk: Talk,
    /// What they did not get; filled in by the judge.
    pub missing: Option<String>,
}

impl Verdict {
    pub const fn new(goal: Goal, language: Language, talk: Talk) -> Self {
        Self { goal, language, talk, missing: None }
    }

    fn heading(&self) -> String {
        format!(
            "{:?} {} seed {}{}",
            self.goal.scenario,
            self.language.code(),
            self.goal.seed,
            match (self.goal.frozen, self.goal.recognised) {
                (true, _) => " (frozen)",
                (_, true) => " (recognised)",
                _ => "",
            }
        )
    }
}

#[derive(Default)]
pub struct Report {
    verdicts: Vec<Verdict>,
}

impl Report {
    pub fn add(&mut self, verdict: Verdict) {
        self.verdicts.push(verdict);
    }

    pub fn verdicts_mut(&mut self) -> &mut [Verdict] {
        &mut self.verdicts
    }

    pub fn served_percent(&self) -> f64 {
        percent(self.share(|_| true))
    }

    /// Served, and all, of those for whom `of` holds.
    fn share(&self, of: impl Fn(&Verdict) -> bool) -> (usize, usize) {
        self.share_of(|v| !v.goal.recognised && of(v))
    }

    /// The same with the recognised set, whose figure stands apart.
    fn share_of(&self, of: impl Fn(&Verdict) -> bool) -> (usize, usize) {
        let all: Vec<&Verdict> = self.verdicts.iter().filter(|v| of(v)).collect();
        (all.iter().filter(|v| v.missing.is_none()).count(), all.len())
    }

    pub fn print(&mut self) {
        self.verdicts.sort_by_key(|verdict| verdict.goal.seed);
        println!("{:<18}{:>12}{:>12}{:>12}", "served", "uk", "ru", "en");
        for scenario in SCENARIOS {
            let cell = |language| {
                let (served, all) =
                    self.share(|v| v.goal.scenario == scenario && v.language == language);
                format!("{served}/{all}")
            };
            let name = format!("{scenario:?}");
            let [uk, ru, en] = crate::conversations::book::LANGUAGES.map(cell);
            println!("{name:<18}{uk:>12}{ru:>12}{en:>12}");
        }
        for language in crate::conversations::book::LANGUAGES {
            let tuned = self.share(|v| v.language == language && !v.goal.frozen);
            let frozen = self.share(|v| v.language == language && v.goal.frozen);
            println!(
                "{}: {:.1} % of {}; frozen callers {:.1} % of {}",
                language.code(),
                percent(tuned),
                tuned.1,
                percent(frozen),
                frozen.1
            );
        }
        let (served, all) = self.share(|_| true);
        println!("conversations: {served} of {all} served ({:.1} %)", percent((served, all)));
        let (served, all) = self.share_of(|v| v.goal.recognised);
        let share = percent((served, all));
        println!("recognised from 8 kHz speech (en): {served} of {all} served ({share:.1} %)");
        self.tell_failures();
    }

    fn tell_failures(&self) {
        let mut text = String::new();
        let failed = self.verdicts.iter().filter(|v| v.missing.is_some());
        for (at, verdict) in failed.enumerate() {
            let missing = verdict.missing.as_deref().unwrap_or_default();
            let _ = writeln!(text, "== {}: {missing}", verdict.heading());
            for line in &verdict.talk.lines {
                let _ = writeln!(text, "   {line}");
            }
            if at < PRINTED_MAX {
                println!("not served: {}: {missing}", verdict.heading());
            }
        }
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conversations.txt");
        if std::fs::write(&path, text).is_ok() {
            println!("their conversations: {}", path.display());
        }
    }
}

fn percent((served, all): (usize, usize)) -> f64 {
    100.0 * served as f64 / all.max(1) as f64
}
