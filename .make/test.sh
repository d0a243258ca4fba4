#!/usr/bin/env bash
# What `make test` runs after the set-up; arguments go to cargo (its features).
#
# Everything runs unless TREADLINE_SKIP names a group (asterisk, browser, postgres, recognition;
# several with commas). Each skip is shouted, and with CI=true none is allowed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check_skips() {
  [ -n "${TREADLINE_SKIP:-}" ] || return 0
  if [ "${CI:-}" = true ]; then
    echo "test: TREADLINE_SKIP=$TREADLINE_SKIP is refused when CI=true" >&2
    exit 1
  fi
  local group
  for group in ${TREADLINE_SKIP//,/ }; do
    case $group in
      asterisk | browser | partman | postgres | recognition) echo "SKIPPING TESTS THAT NEED ${group^^}" ;;
      *) echo "test: TREADLINE_SKIP: unknown group '$group' (asterisk, browser, partman, postgres, recognition)" >&2; exit 1 ;;
    esac
  done
}

# rustup's small profile comes without these two.
need_component() {
  cargo "$1" --version >/dev/null 2>&1 && return
  if command -v rustup >/dev/null; then
    echo "==> rustup component add $2"
    rustup component add "$2"
  else
    echo "test: cargo $1 is missing; install $2 for your Rust" >&2
    exit 1
  fi
}

check_skips
# Nobody builds twice there, and what would make a second build quicker is twice the disk.
[ "${CI:-}" != true ] || export CARGO_INCREMENTAL=0
need_component fmt rustfmt
need_component clippy clippy
echo '==> cargo fmt --check'
cargo fmt --check
echo '==> cargo clippy'
cargo clippy --locked --all-targets "$@" -- -D warnings
echo '==> cargo check (as a plain cargo build sees it, without recognition)'
cargo check --locked
echo '==> cargo test'
CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$PWD/.make/test_runner.sh" \
  cargo test --locked --no-fail-fast "$@"
