//! What needs no service: the core, language, the local brain, configuration, the HTTP listener, and
//! the rules of the house.

mod support;

mod audio_allocations;
mod config;
mod grafana;
mod house;
mod http;
mod language;
mod local_brain;
mod simulation;
