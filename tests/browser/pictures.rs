//! `make screenshots`: what the pages look like, for people to look at.

use super::pages::{PAGES, Whose};
use super::stage::Stage;
use std::path::Path;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "makes pictures, proves nothing: make screenshots"]
async fn of_every_page() {
    let Some(stage) = Stage::open_full().await else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    for whose in [Whose::Stranger, Whose::Admin] {
        let mut page = stage.tab_for(whose, "uk").await;
        for (name, pattern, _) in PAGES.iter().filter(|(_, _, its)| *its == whose) {
            for width in [1280, 390] {
                page.resize(width).await;
                // A link of the door is shown once, everything else as often as one likes.
                page.goto(&stage.address(pattern, whose, "uk").await).await;
                for scheme in ["light", "dark"] {
                    page.look(scheme).await;
                    page.picture(&folder.join(format!("{name}-{width}-{scheme}.png"))).await;
                }
            }
        }
    }
    eprintln!("pictures of {} pages stand in {}", PAGES.len(), folder.display());
}
