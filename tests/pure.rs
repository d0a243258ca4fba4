//! What needs no service: the core, language, the local brain, configuration, and the rules of the house.

mod support;

mod audio_allocations;
mod config;
mod house;
mod language;
mod local_brain;
mod simulation;
