//! What many callers did at the same time, in the order in which it was seen: who asked (invoke),
//! and whether it was done (ok), refused (fail) or is unknown (info). A rule that the history
//! breaks prints it as a table and keeps it in a file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use treadline::store::StoreError;

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done; with what came of it.
    Ok(String),
    /// Certainly not done.
    Fail(String),
    /// Nobody knows.
    Info(String),
}

/// One question of one caller.
#[derive(Debug, Clone)]
pub struct Operation {
    pub process: usize,
    pub what: String,
    pub began: Duration,
    /// When and how it ended; nothing while it runs.
    pub ended: Option<(Duration, Outcome)>,
}

impl Operation {
    fn outcome(&self) -> Option<&Outcome> {
        self.ended.as_ref().map(|(_, outcome)| outcome)
    }

    fn done(&self) -> Option<&str> {
        match self.outcome() {
            Some(Outcome::Ok(value)) => Some(value),
            _ => None,
        }
    }
}

/// A rule over a whole history; the text says what is wrong.
pub type Verdict = Result<(), String>;

/// The operations so far.
pub struct History {
    name: String,
    start: Instant,
    operations: Mutex<Vec<Operation>>,
}

impl History {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), start: Instant::now(), operations: Mutex::default() }
    }

    /// Someone asks; the answer is told to [`History::settle`] by this number.
    pub fn invoke(&self, process: usize, what: impl Into<String>) -> usize {
        let mut operations = self.operations.lock().unwrap();
        let (what, began) = (what.into(), self.start.elapsed());
        operations.push(Operation { process, what, began, ended: None });
        operations.len() - 1
    }

    pub fn settle(&self, operation: usize, outcome: Outcome) {
        let ended = Some((self.start.elapsed(), outcome));
        self.operations.lock().unwrap()[operation].ended = ended;
    }

    /// Asks until the outcome is known, as a call does (by the same key), and writes down every
    /// try. `told` says what came of it.
    pub async fn ask<T, F>(
        &self,
        process: usize,
        what: &str,
        mut ask: impl FnMut() -> F,
        told: impl Fn(&T) -> String,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        for _ in 0..200 {
            let operation = self.invoke(process, what);
            let answer = ask().await;
            match &answer {
                Ok(value) => self.settle(operation, Outcome::Ok(told(value))),
                Err(StoreError::Away(why) | StoreError::Unknown(why)) => {
                    self.settle(operation, Outcome::Info(why.clone()));
                    continue;
                }
                Err(refusal) => self.settle(operation, Outcome::Fail(refusal.to_string())),
            }
            return answer;
        }
        panic!("{}: no answer for {what} of {process}", self.name);
    }

    /// The verdict of a rule, with the history if it is broken.
    pub fn judge(&self, rule: impl Fn(&[Operation]) -> Verdict) -> Verdict {
        let operations = self.operations.lock().unwrap();
        rule(&operations).map_err(|wrong| format!("{}: {wrong}\n{}", self.name, table(&operations)))
    }

    /// Panics with the history, which is kept in a file too, if a rule is broken.
    pub fn must(&self, rule: impl Fn(&[Operation]) -> Verdict) {
        let Err(report) = self.judge(rule) else { return };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("histories");
        let file = folder.join(format!("{}.txt", self.name.replace(' ', "-")));
        let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, &report));
        panic!("{report}\nkept: {kept:?} {}", file.display());
    }
}

/// Every operation of `what` was done by exactly one of those who asked, or by none at all of
/// `several` if fewer are allowed.
pub fn exactly(times: usize) -> impl Fn(&[Operation]) -> Verdict {
    move |operations| {
        let done: BTreeSet<usize> =
            operations.iter().filter(|op| op.done().is_some()).map(|op| op.process).collect();
        if done.len() == times {
            return Ok(());
        }
        Err(format!("{} were told yes, {times} must be", done.len()))
    }
}

/// Everyone who was told yes was told the same.
pub fn same_answer(operations: &[Operation]) -> Verdict {
    let answers: BTreeSet<&str> = operations.iter().filter_map(Operation::done).collect();
    if answers.len() <= 1 { Ok(()) } else { Err(format!("different answers: {answers:?}")) }
}

/// Nothing is left unknown: whoever got no answer asked again and got one.
pub fn settled(operations: &[Operation]) -> Verdict {
    for (index, operation) in operations.iter().enumerate() {
        let known = matches!(operation.outcome(), Some(Outcome::Ok(_) | Outcome::Fail(_)));
        let asked_again = operations[index + 1..]
            .iter()
            .any(|later| later.process == operation.process && later.what == operation.what);
        if !known && !asked_again {
            return Err(format!("{} of {} is unknown", operation.what, operation.process));
        }
    }
    Ok(())
}

/// Nobody was told no after having been told yes, or yes after no, for the same thing.
pub fn nobody_hears_two_things(operations: &[Operation]) -> Verdict {
    for (index, first) in operations.iter().enumerate() {
        let same = |later: &&Operation| later.process == first.process && later.what == first.what;
        for later in operations[index + 1..].iter().filter(same) {
            let pair = (first.outcome(), later.outcome());
            if matches!(
                pair,
                (Some(Outcome::Ok(_)), Some(Outcome::Fail(_)))
                    | (Some(Outcome::Fail(_)), Some(Outcome::Ok(_)))
            ) {
                return Err(format!("{} heard both yes and no of {}", first.process, first.what));
            }
        }
    }
    Ok(())
}

/// The history as a table, one line an operation, in the order of asking.
pub fn table(operations: &[Operation]) -> String {
    let mut text =
        format!("{:>9} {:>9} {:>7}  {:<28} {}\n", "began ms", "ended ms", "who", "what", "outcome");
    let ms = |at: Duration| format!("{:.1}", at.as_secs_f64() * 1e3);
    for operation in operations {
        let (ended, outcome) = match &operation.ended {
            None => (String::new(), "… still running".to_owned()),
            Some((at, Outcome::Ok(value))) => (ms(*at), format!("ok   {value}")),
            Some((at, Outcome::Fail(why))) => (ms(*at), format!("fail {why}")),
            Some((at, Outcome::Info(why))) => (ms(*at), format!("info {why}")),
        };
        let began = ms(operation.began);
        let (who, what) = (operation.process, &operation.what);
        let _ = writeln!(text, "{began:>9} {ended:>9} {who:>7}  {what:<28} {outcome}");
    }
    text
}
