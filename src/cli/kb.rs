//! `treadline kb`: articles in, a list of them, and what a question finds.

use super::out;
use super::shop::Shop;
use crate::app;
use crate::config::{Config, Secrets};
use crate::db;
use crate::embed::openai::{IMPORT, LIVE};
use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::store::knowledge::{
    self, ARTICLE_CHARS_MAX, Article, Change, FOUND_MAX, Found, KnowledgeQuery, Meaning,
    VectorError, Vectors, starter,
};
use crate::store::{FrontDesk as _, PostgresStore, Scope};
use anyhow::{Context as _, bail, ensure};
use chrono::Utc;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::PgPool;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Bytes of a file; an article of the greatest length in Cyrillic fits.
const FILE_BYTES_MAX: u64 = 4 * ARTICLE_CHARS_MAX as u64;
/// Files of one import.
const FILES_MAX: usize = 10_000;

/// What is done with the knowledge base.
#[derive(Debug, Subcommand)]
pub enum KbCommand {
    /// Load articles: Markdown files, or a folder of them. What has not changed is left alone.
    Import(ImportArgs),
    /// Show all articles.
    List,
    /// Show what a question finds, with its scores.
    Search(SearchArgs),
    /// Make the vectors that are missing, after the model was changed.
    Embed,
}

/// `treadline kb import PATH`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file (.md, .txt), or a folder of them.
    #[arg(required_unless_present = "starter")]
    path: Option<PathBuf>,
    /// The program's own articles about tyres, fitting, storage, delivery and warranty.
    #[arg(long, conflicts_with = "path")]
    starter: bool,
}

/// `treadline kb search TEXT`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// The question, as a caller would put it.
    #[arg(required = true)]
    text: Vec<String>,
    /// The language in which the answer is wanted; the shop's if not given.
    #[arg(long, value_name = "uk|ru|en")]
    lang: Option<String>,
}

/// Runs a command.
///
/// # Errors
/// What is wrong, with what to do about it.
pub async fn run(
    command: KbCommand,
    shop: &Shop,
    config: &Config,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    let server = db::open_made(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let done = carry_out(command, shop, config, secrets, &pool).await;
    pool.close().await;
    done
}

async fn carry_out(
    command: KbCommand,
    shop: &Shop,
    config: &Config,
    secrets: &Secrets,
    pool: &PgPool,
) -> anyhow::Result<()> {
    let shelf = Shelf { tenant: shop.tenant(pool).await?, config, secrets, pool };
    match command {
        KbCommand::Import(args) => shelf.import(&args).await,
        KbCommand::List => list(pool, shelf.tenant).await,
        KbCommand::Search(args) => shelf.search(&args).await,
        KbCommand::Embed => shelf.embed().await,
    }
}

/// A shop's articles, and what is needed to work with them.
struct Shelf<'a> {
    tenant: TenantId,
    config: &'a Config,
    secrets: &'a Secrets,
    pool: &'a PgPool,
}

impl Shelf<'_> {
    async fn import(&self, args: &ImportArgs) -> anyhow::Result<()> {
        let articles = match &args.path {
            Some(path) => read(path)?,
            None => starter::articles().to_vec(),
        };
        let bar = bar("articles", articles.len() as u64);
        let (mut new, mut changed, mut same) = (0_u32, 0_u32, 0_u32);
        for article in articles {
            let name = format!("{} ({})", article.slug, article.language.code());
            let change = knowledge::import(self.pool, self.tenant, article)
                .await
                .with_context(|| format!("{name}: what came before it is loaded"))?;
            match change {
                Change::New => new += 1,
                Change::Version(_) => changed += 1,
                Change::Same => same += 1,
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        out::line(format!("{new} new, {changed} changed, {same} as they were"));
        self.embed().await
    }

    /// Vectors are a gain, not a need: an endpoint that fails is said, and the words still find.
    async fn embed(&self) -> anyhow::Result<()> {
        let Some(Meaning { embedder, .. }) = app::meaning(self.config, self.secrets, IMPORT)?
        else {
            out::line("no vectors (embed.provider); articles are found by their words");
            return Ok(());
        };
        let bar = bar("vectors", 0);
        let told = |state: Vectors| {
            bar.set_length(state.made + state.missing);
            bar.set_position(state.made);
        };
        let made = knowledge::embed_missing(self.pool, self.tenant, embedder.as_ref(), told).await;
        bar.finish_and_clear();
        match made {
            Ok(state) => {
                out::line(format!("{} vectors made with {}", state.made, embedder.model()));
            }
            Err(error @ (VectorError::NoPgvector | VectorError::Embed(_))) => {
                bail!(
                    "{error}; the articles are loaded and found by their words, \
                       `treadline kb embed` tries again"
                )
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn search(&self, args: &SearchArgs) -> anyhow::Result<()> {
        let language = match &args.lang {
            Some(code) => {
                Language::from_code(code).with_context(|| format!("--lang {code}: uk, ru or en"))?
            }
            None => self.config.shop.language,
        };
        let store =
            PostgresStore::new(self.pool.clone(), self.config.limits.bookings_per_number_max)
                .with_meaning(app::meaning(self.config, self.secrets, LIVE)?);
        let now = Utc::now();
        let scope = Scope {
            tenant: self.tenant,
            call: CallId(Uuid::nil()),
            call_started_at: now,
            caller: None,
            now,
            language,
        };
        let text = args.text.join(" ");
        let query = KnowledgeQuery { text, category: None, language, limit: FOUND_MAX };
        let found = store.search_knowledge(&scope, &query).await?;
        if found.is_empty() {
            out::line("nothing");
        }
        for (at, one) in found.iter().enumerate() {
            show(at + 1, one);
        }
        Ok(())
    }
}

/// Hidden where there is no terminal.
fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// Reads the articles; all that is wrong with them is said at once.
fn read(path: &Path) -> anyhow::Result<Vec<Article>> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect(path, &mut files)?;
        files.sort();
        ensure!(!files.is_empty(), "{} holds no .md or .txt file", path.display());
    } else {
        files.push(path.to_owned());
    }
    let (mut articles, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        match read_one(&file) {
            Ok(article) => articles.push(article),
            Err(error) => wrong.push(format!("{}: {error:#}", file.display())),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for article in &articles {
        let key = (article.slug.clone(), article.language.code());
        if !seen.insert(key) {
            let (slug, code) = (&article.slug, article.language.code());
            wrong.push(format!("{}: {slug} ({code}) comes twice", article.source));
        }
    }
    ensure!(wrong.is_empty(), "nothing was loaded:\n  {}", wrong.join("\n  "));
    Ok(articles)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be read", folder.display());
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let is_text = path.extension().is_some_and(|kind| kind == "md" || kind == "txt");
        if path.is_dir() {
            collect(&path, files)?;
        } else if is_text {
            ensure!(files.len() < FILES_MAX, "more than {FILES_MAX} files");
            files.push(path);
        }
    }
    Ok(())
}

fn read_one(path: &Path) -> anyhow::Result<Article> {
    let about = std::fs::metadata(path).context("cannot be read")?;
    ensure!(about.len() <= FILE_BYTES_MAX, "is larger than {} kB", FILE_BYTES_MAX / 1000);
    let bytes = std::fs::read(path).context("cannot be read")?;
    let text = String::from_utf8(bytes).ok().context("is not UTF-8")?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Article::read(&name.unwrap_or_default(), &text).map_err(anyhow::Error::msg)
}

async fn list(pool: &PgPool, tenant: TenantId) -> anyhow::Result<()> {
    let rows = knowledge::list(pool, tenant).await?;
    if rows.is_empty() {
        out::line("no articles yet: `treadline kb import --starter`, or your own files");
        return Ok(());
    }
    out::line(format!(
        "{:<18} {:<4} {:<10} {:<9} {:>3} {:>6} {:>7} {:>8}  title",
        "article", "lang", "about", "state", "ver", "chunks", "vectors", "archived"
    ));
    for row in rows {
        let state = if row.active { row.review_state.as_str() } else { "inactive" };
        out::line(format!(
            "{:<18} {:<4} {:<10} {:<9} {:>3} {:>6} {:>7} {:>8}  {}",
            row.slug,
            row.language,
            row.category,
            state,
            row.version,
            row.chunks,
            row.vectors,
            row.archived,
            row.title
        ));
    }
    Ok(())
}

fn show(place: usize, found: &Found) {
    let cosine = found.cosine.map_or("-".to_owned(), |cosine| format!("{cosine:.2}"));
    let certain = if found.certain { "an answer" } else { "not certain" };
    let heading = if found.heading.is_empty() { &found.title } else { &found.heading };
    out::line(format!(
        "{place}. {} ({}), {certain}: words {:.2}, cosine {cosine}",
        found.slug,
        found.language.code(),
        found.words
    ));
    out::line(format!("   {heading}"));
    for line in found.text.lines() {
        out::line(format!("   {line}"));
    }
}
