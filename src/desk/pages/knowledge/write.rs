//! Writing articles: what `treadline kb import` does, from a form.

use super::one::{self, Beside};
use super::{Asked, Typed, page};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Refusal, Visitor};
use crate::language::Language;
use crate::shop::Category;
use crate::store::knowledge::{self, Article, Change, Meaning};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;
use uuid::Uuid;

/// Where an article of the desk comes from, in `knowledge_articles.source`.
const SOURCE: &str = "desk";
/// The longest piece of a wrong form that is shown again, characters.
const TYPED_CHARS_MAX: usize = 100_000;

/// A piece of a form, to be shown again.
fn typed(fields: &Fields, name: &str) -> String {
    fields.raw(name).chars().take(TYPED_CHARS_MAX).collect()
}

pub(super) async fn make(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let again = |wrong: String| Typed {
        slug: typed(&fields, "slug"),
        language: typed(&fields, "language"),
        category: typed(&fields, "category"),
        title: typed(&fields, "title"),
        content: typed(&fields, "content"),
        wrong,
    };
    let asked = Asked::default();
    let article = match read(&fields, fields.text("slug"), fields.text("language"))? {
        Ok(article) => article,
        Err(why) => {
            let why = format!("{} {why}", words.article_wrong());
            return page(&desk, &visitor, &asked, again(why)).await;
        }
    };
    let what = json!({ "slug": article.slug, "language": article.language.code() });
    let (slug, language) = (article.slug.clone(), article.language.code());
    let tenant = visitor.tenant()?;
    if knowledge::revise(desk.pool(), tenant, article, None).await?.is_none() {
        let why = format!("{} {slug} ({language})", words.article_taken());
        return page(&desk, &visitor, &asked, again(why)).await;
    }
    let all = knowledge::list(desk.pool(), tenant).await?;
    let made = all.into_iter().find(|one| one.slug == slug && one.language == language);
    let id = made.ok_or(Refusal::NotFound)?.id;
    visitor.note(&desk, "article.written", ("article", id.to_string()), Some(what)).await?;
    finish(&desk, &visitor, id).await
}

/// The form as an article; inside, what is wrong with it.
fn read(fields: &Fields, slug: &str, language: &str) -> Result<Result<Article, String>, Refusal> {
    let language = Language::from_code(language).ok_or(Refusal::Bad)?;
    let category = Category::from_word(fields.text("category")).ok_or(Refusal::Bad)?;
    let (title, content) = (fields.text("title"), fields.raw("content"));
    Ok(Article::of((slug, language), category, title, content, SOURCE))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (id, tenant, words) = (work::id(&id)?, visitor.tenant()?, visitor.words);
    let found = knowledge::by_id(desk.pool(), tenant, id).await?.ok_or(Refusal::NotFound)?;
    let object = ("article", id.to_string());
    let told = match fields.raw("do") {
        "off" => Some(false),
        "on" => Some(true),
        "write" => None,
        _ => return Err(Refusal::Bad),
    };
    if let Some(told) = told {
        let what = json!({ "told": told });
        visitor.note(&desk, "article.switched", object, Some(what)).await?;
        knowledge::switch(desk.pool(), tenant, id, told).await?;
        return Ok(Redirect::to(&format!("/knowledge/{id}")).into_response());
    }
    let saw: i32 = fields.raw("version").parse().map_err(|_| Refusal::Bad)?;
    let beside = |wrong: String, said: &'static str| Beside {
        typed: Some((
            typed(&fields, "title"),
            typed(&fields, "category"),
            typed(&fields, "content"),
        )),
        wrong,
        said,
    };
    let article = match read(&fields, &found.slug, &found.language)? {
        Ok(article) => article,
        Err(why) => {
            let why = format!("{} {why}", words.article_wrong());
            return one::page(&desk, &visitor, id, None, beside(why, "")).await;
        }
    };
    match knowledge::revise(desk.pool(), tenant, article, Some(saw)).await? {
        // What was written stays on the page: nobody's text is lost because somebody was faster.
        None => {
            let why = words.changed_meanwhile_why().to_owned();
            let beside = beside(why, "");
            let mut page = one::page(&desk, &visitor, id, Some(saw), beside).await?;
            *page.status_mut() = StatusCode::CONFLICT;
            Ok(page)
        }
        Some(Change::Same) => {
            let beside = Beside { said: words.article_same(), ..Beside::default() };
            one::page(&desk, &visitor, id, None, beside).await
        }
        Some(Change::New | Change::Version(_)) => {
            let what = json!({ "from": saw, "slug": found.slug, "language": found.language });
            visitor.note(&desk, "article.written", object, Some(what)).await?;
            finish(&desk, &visitor, id).await
        }
    }
}

/// Makes the vectors that are missing now. They are a gain, not a need: without them the words still
/// find.
async fn finish(desk: &Desk, visitor: &Visitor, id: Uuid) -> Result<Response, Refusal> {
    if let Some(Meaning { embedder, .. }) = &desk.books().meaning {
        let tenant = visitor.tenant()?;
        let made = knowledge::embed_missing(desk.pool(), tenant, embedder.as_ref(), |_| {}).await;
        if let Err(error) = made {
            tracing::warn!(%error, "an article of the desk has no vectors");
            let beside = Beside { said: visitor.words.vectors_failed(), ..Beside::default() };
            return one::page(desk, visitor, id, None, beside).await;
        }
    }
    Ok(Redirect::to(&format!("/knowledge/{id}")).into_response())
}
