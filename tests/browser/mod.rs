//! The desk in a real browser. What stands here and how it works: `README.md`.

mod chromium;
mod page;
mod pages;
mod pictures;
mod stage;
mod sweep;
mod trial;
mod work;
