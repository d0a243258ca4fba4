//! What is kept, on a real Postgres: schema, log, months, retention, jobs, figures.

mod support;

mod database;
mod desk;
mod embedded_postgres;
mod figures;
mod forget;
mod jobs;
mod log;
mod partitions;
mod restore;
mod retention;
mod stats;
