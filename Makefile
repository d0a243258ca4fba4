# Everything that a newcomer types. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-browser demo test serve bench bench-audio bench-resamplers gates bench-line bench-months load soak fixtures pictures screenshots clean

# Recognition in the process: needs what `make setup` installs.
FEATURES := --features local-stt

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing: programs, Postgres, the speech model
	@.make/setup.sh

setup-browser: ## the same, and the browser that tests of the desk need
	@.make/setup.sh browser

demo: setup ## set up, build, and show a whole call from greeting to database rows
	cargo build --release --locked $(FEATURES)
	@target/release/treadline demo

test: setup-browser ## set up, then check the style and run every test
	@.make/test.sh $(FEATURES)

serve: setup ## set up, build, and answer calls until Ctrl-C
	cargo build --release --locked $(FEATURES)
	@target/release/treadline serve

bench: setup ## set up, then measure: audio, turns, and many calls at once
	cargo bench --locked $(FEATURES) --bench audio --bench calls

bench-audio: setup ## set up, then time what runs for every frame and every sentence (benches/audio)
	cargo bench --locked $(FEATURES) --bench audio -- --write

# Instructions do not depend on how busy the machine is. REBASE=1 writes the baseline anew.
gates: ## set up, then count the instructions of the same; more than 5 % over the baseline fails
	@.make/setup.sh gates
	cargo bench --locked $(FEATURES) --bench gates -- $(if $(REBASE),--rebase)

bench-resamplers: ## set up, then measure our resampler beside those of others (benches/*resamplers*)
	@.make/setup.sh resamplers
	cargo run --release --locked --manifest-path benches/resamplers/Cargo.toml \
	  --target-dir target/resamplers -- benches

bench-line: setup ## set up, then measure what a caller hears behind a real Asterisk
	cargo bench --locked $(FEATURES) --bench line -- $(ROUTES)

# make load CURVE=1,10,50 STAY=60
CURVE ?= 1,10,50,100,200,300
STAY ?= 30

load: setup ## set up, then measure the real server under more and more calls (target/load)
	cargo build --release --locked $(FEATURES)
	@target/release/treadline load --curve $(CURVE) --seconds $(STAY) --per-second 20 --out target/load

# Twenty minutes, or as many as asked for: make soak MINUTES=120 SEED=7
MINUTES ?= 20
SEED ?= 1

soak: setup ## set up, then let the program live through kills and outages, and count everything
	cargo build --release --locked $(FEATURES)
	@target/release/treadline soak --minutes $(MINUTES) --seed $(SEED) --out target/soak

bench-months: setup ## set up, then measure two years of calls by months against one table (8 GB)
	cargo bench --locked $(FEATURES) --bench months -- $(SIZE)

pictures: setup ## set up, then draw the tables anew (migrations/schema.svg)
	cargo build --locked $(FEATURES)
	@target/debug/treadline schema --fresh --svg migrations/schema.svg

screenshots: setup-browser ## set up, then take pictures of every page (target/screenshots)
	cargo test --locked $(FEATURES) --test calls -- --ignored --nocapture browser::pictures

fixtures: ## speak the test recordings anew
	@.make/fixtures.sh

clean: ## remove what was built; the set-up's parts and the data stay
	cargo clean
