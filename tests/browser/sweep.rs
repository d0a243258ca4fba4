//! What every page must be, whatever is on it.

use super::page::Page;
use super::pages::{PAGES, Whose};
use super::stage::Stage;
use serde_json::{Value, json};
use treadline::db::desk::users::Role;

const LOOK: &str = include_str!("look.js");
const REACH: &str = include_str!("reach.js");
const AXE: &str = include_str!("axe.js");
const AXE_ITSELF: &str = include_str!("axe.min.js");

const WINDOW: u32 = 1280;
const TELEPHONE: u32 = 390;
/// Presses of the tabulator after which a control counts as out of reach; more than any page has
/// controls, because parts of a date are stops of their own.
const TABS_MAX: usize = 600;
/// Presses between two looks at what is left.
const TABS_AT_A_TIME: usize = 20;

/// Complaints, each with where it was seen.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn add(&mut self, whence: &str, found: &Value) {
        let found = found.as_array().expect("a list");
        self.0.extend(found.iter().map(|one| format!("{whence}: {}", one.as_str().unwrap_or("?"))));
    }

    fn faults(&mut self, whence: &str, page: &Page) {
        self.0.extend(page.faults().into_iter().map(|fault| format!("{whence}: {fault}")));
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{} complaints:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// Loads a page and asks for what holds in every look and width: nothing in the console, nothing
/// stopped by the policy, nothing from elsewhere, and what `look.js` asks.
async fn visit(page: &mut Page, address: &str, tongue: &str, whence: &str, found: &mut Complaints) {
    page.forget();
    page.resize(WINDOW).await;
    page.look("light").await;
    page.goto(address).await;
    found.add(whence, &page.js(&format!("({LOOK})({})", json!(tongue))).await);
    page.resize(TELEPHONE).await;
    let whence = format!("{whence} at {TELEPHONE} px");
    found.add(&whence, &page.js(&format!("({LOOK})({})", json!(tongue))).await);
    found.faults(&whence, page);
    page.resize(WINDOW).await;
}

/// Has axe-core look at the page; for all of its rules, or only for some.
async fn axe(page: &mut Page, rules: &[&str], whence: &str, found: &mut Complaints) {
    found.add(whence, &page.js(&format!("({AXE})({})", json!(rules))).await);
}

/// Presses the tabulator until it has been on every control.
async fn tabulate(page: &mut Page, whence: &str, found: &mut Complaints) {
    let controls = page.js(&format!("({REACH})()")).await;
    assert!(controls.as_u64().is_some(), "{whence}: {controls}");
    let mut left = json!([]);
    for _ in 0..TABS_MAX / TABS_AT_A_TIME {
        left = page.js("tabulator.left()").await;
        if left.as_array().is_some_and(Vec::is_empty) {
            return;
        }
        for _ in 0..TABS_AT_A_TIME {
            page.tab().await;
        }
    }
    found.add(&format!("{whence}: the tabulator does not reach"), &left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_well_made_for_everybody_who_uses_it() {
    let Some(stage) = Stage::open_full().await else { return };
    let mut found = Complaints::default();
    for whose in [Whose::Stranger, Whose::Admin] {
        let mut page = stage.tab_for(whose, "uk").await;
        for (name, pattern, _) in PAGES.iter().filter(|(_, _, its)| *its == whose) {
            let address = stage.address(pattern, whose, "uk").await;
            visit(&mut page, &address, "uk", name, &mut found).await;
            tabulate(&mut page, name, &mut found).await;
            page.js(AXE_ITSELF).await;
            axe(&mut page, &[], name, &mut found).await;
            page.look("dark").await;
            axe(&mut page, &["color-contrast"], &format!("{name}, dark"), &mut found).await;
            page.resize(TELEPHONE).await;
            axe(&mut page, &[], &format!("{name}, dark, {TELEPHONE} px"), &mut found).await;
        }
    }
    found.none();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_well_made_in_english_and_in_a_shop_without_calls() {
    let Some(stage) = Stage::open_full().await else { return };
    let mut found = Complaints::default();
    for whose in [Whose::Stranger, Whose::Admin] {
        let mut page = stage.tab_for(whose, "en").await;
        for (name, pattern, _) in PAGES.iter().filter(|(_, _, its)| *its == whose) {
            let address = stage.address(pattern, whose, "en").await;
            visit(&mut page, &address, "en", name, &mut found).await;
        }
    }
    let empty = stage.other_shop().await;
    let mut page = stage.tab_of(Role::Admin, empty, "uk").await;
    for (name, address, whose) in PAGES {
        if *whose == Whose::Admin && !address.contains('{') {
            let whence = format!("{name}, empty");
            visit(&mut page, address, "uk", &whence, &mut found).await;
            page.js(AXE_ITSELF).await;
            axe(&mut page, &[], &whence, &mut found).await;
        }
    }
    found.none();
}
