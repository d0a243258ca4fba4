//! Instruction counts of what runs for every frame and every sentence, as a gate.
//!
//! `make gates` counts each piece of work under callgrind and compares it with `baseline.txt`, which
//! names the compiler that it was counted with. More than 5 % above it fails. Counts do not depend on
//! how busy the machine is; they do depend on the compiler, so another one writes the baseline anew and
//! says so. `make gates REBASE=1` writes it on purpose.
//!
//! The cost of one piece is the difference between two runs, a short one and a long one, divided by the
//! difference of their lengths: what a program does before and after its work falls out of it.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod call;
mod work;

use anyhow::{Context as _, bail, ensure};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use work::{GATES, Gate};

/// A gate is passed by more than this: it fails.
const OVER_PERCENT_MAX: f64 = 5.0;
/// The C library chooses among its copies by what the processor can do; these are turned off, so that
/// two machines count the same.
const NO_DISPATCH: &str = "glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS,-FSRM,-AVX512F";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--work", name, times] => {
            let mut piece = work::made(find(name)?);
            for _ in 0..times.parse::<usize>()? {
                piece();
            }
        }
        _ => return gate(words.contains(&"--rebase")),
    }
    Ok(())
}

fn find(name: &str) -> anyhow::Result<&'static Gate> {
    GATES.iter().find(|gate| gate.name == name).with_context(|| format!("no gate named {name}"))
}

fn gate(rebase: bool) -> anyhow::Result<()> {
    ensure!(!cfg!(debug_assertions), "unoptimised: run it by `make gates`");
    let compiler = compiler()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/gates/baseline.txt");
    let baseline = Baseline::read(&path)?;
    let own = baseline.compiler == compiler;
    println!("instructions for one piece of work, {compiler}");
    println!("{:<16} {:>12} {:>12} {:>8}  what", "gate", "baseline", "now", "change");
    let mut now = Baseline { compiler: compiler.clone(), counts: BTreeMap::new() };
    let mut over = Vec::new();
    for gate in GATES {
        let count = count(gate)?;
        now.counts.insert(gate.name.to_owned(), count);
        let before = baseline.counts.get(gate.name).filter(|_| own);
        let change = before.map(|before| 100.0 * (count - before) / before);
        let shown = change.map_or("new".to_owned(), |percent| format!("{percent:+.1} %"));
        let before = before.map_or("-".to_owned(), |before| format!("{before:.0}"));
        println!("{:<16} {before:>12} {count:>12.0} {shown:>8}  {}", gate.name, gate.what);
        if change.is_some_and(|percent| percent > OVER_PERCENT_MAX) {
            over.push(gate.name);
        }
    }
    let missing = GATES.iter().any(|gate| !baseline.counts.contains_key(gate.name));
    if rebase || !own || missing {
        now.write(&path)?;
        if !own {
            println!("ANOTHER COMPILER: the baseline was of {}", baseline.compiler);
        }
        println!("the baseline is written anew: {}", path.display());
        return Ok(());
    }
    if over.is_empty() {
        println!("all {} gates hold (at most {OVER_PERCENT_MAX} % over the baseline)", GATES.len());
        return Ok(());
    }
    bail!("over the baseline by more than {OVER_PERCENT_MAX} %: {}", over.join(", "))
}

/// Instructions of one piece of work.
fn count(gate: &Gate) -> anyhow::Result<f64> {
    let short = collected(gate, gate.times)?;
    let long = collected(gate, gate.times * 5)?;
    Ok((long - short) as f64 / (gate.times * 4) as f64)
}

fn collected(gate: &Gate, times: usize) -> anyhow::Result<i64> {
    let profile = profile(gate, times);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-line=no"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe()?)
        .args(["--work", gate.name, &times.to_string()])
        .env("GLIBC_TUNABLES", NO_DISPATCH)
        .output()
        .context("valgrind does not start; its package is `valgrind`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} under valgrind: {said}", gate.name);
    let line = said.lines().find_map(|line| line.split_once("Collected :"));
    let (_, number) = line.with_context(|| format!("callgrind counted nothing: {said}"))?;
    Ok(number.trim().parse()?)
}

/// Where a run's profile is left, for `callgrind_annotate`.
fn profile(gate: &Gate, times: usize) -> PathBuf {
    let folder = std::env::temp_dir().join("treadline-gates");
    // If it cannot be made, valgrind says why.
    let _ = std::fs::create_dir_all(&folder);
    folder.join(format!("{}-{times}.out", gate.name))
}

fn compiler() -> anyhow::Result<String> {
    let said = Command::new("rustc").arg("--version").output().context("rustc --version")?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    Ok(format!("{version}, {}", std::env::consts::ARCH))
}

/// What was counted once, and with which compiler.
struct Baseline {
    compiler: String,
    counts: BTreeMap<String, f64>,
}

impl Baseline {
    /// No file: nothing counted yet.
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(path.display().to_string()),
        };
        let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let compiler = lines.next().unwrap_or("none").to_owned();
        let counts = lines
            .map(|line| {
                let (name, count) = line.split_once(' ').context("a line without a count")?;
                Ok((name.to_owned(), count.trim().parse()?))
            })
            .collect::<anyhow::Result<_>>()
            .with_context(|| path.display().to_string())?;
        Ok(Self { compiler, counts })
    }

    fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut text = String::from(
            "# Instructions for one piece of work, by `make gates REBASE=1`; the compiler first.\n",
        );
        writeln!(text, "{}", self.compiler)?;
        for (name, count) in &self.counts {
            writeln!(text, "{name} {count:.0}")?;
        }
        std::fs::write(path, text).context(path.display().to_string())
    }
}
