//! The shop behind the voice, on a real Postgres: search, orders, fitting, tools, knowledge, guards, races.

mod support;

mod catalogue;
mod conversations;
mod hostile;
mod import;
mod knowledge;
mod prompts;
mod races;
mod store;
mod store_api;
mod tools;
