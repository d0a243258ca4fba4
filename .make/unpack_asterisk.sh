#!/usr/bin/env bash
# Fetches a whole Asterisk from Debian's signed archives: `unpack_asterisk.sh FOLDER`.
#
# Debian 12 and 13 have no Asterisk, Debian's unstable line ("sid") has. Its packages are only
# downloaded, checked against Debian's signature, and taken apart into FOLDER; nothing is installed
# and none of their scripts runs. With all their libraries beside it, down to the loader, the program
# runs on any Linux. What only packagers and readers of manuals need is left out.
set -euo pipefail
umask 022

suite=sid
# What chan_websocket, REST over the websocket and AudioSocket need to be without known faults.
least=22.9
packages=asterisk,asterisk-modules,asterisk-core-sounds-en-gsm,asterisk-moh-opsound-gsm
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() { printf 'unpack_asterisk: %s\n' "$*" >&2; exit 1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# The archives that this machine's own apt uses, without those of security and updates, which hold
# no sid. A system that is not Debian may have none with sid: mmdebstrap's own default is tried last.
# `--print-uris update` only says what it would ask for, and needs no list that is already there.
mirrors() {
  mkdir -p "$work/lists/partial"
  apt-get -o Debug::NoLocking=1 -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" \
    --print-uris update 2>/dev/null |
    sed -nE "s#^'([^']*)/dists/([^/']*)/InRelease'.*#\2 \1#p" |
    awk '$1 !~ /-(security|updates|backports)/ && !seen[$2]++ { print $2 }' || true
}

fetch() { # MIRROR ('' for mmdebstrap's own) FOLDER
  # chrootless: no root rights, no mounts, no devices; right here because no package script runs.
  # A signed list that is past its date is still Debian's: clocks are wrong, mirrors lag.
  local order=(mmdebstrap --quiet --variant=extract --mode=chrootless --format=directory
    --include="$packages" --keyring="$keyring" --aptopt='APT::Install-Recommends "false"'
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"'
    --aptopt='Acquire::Retries "3"')
  # mmdebstrap does not read this machine's settings for apt; the way out to the network is needed.
  local kind proxy
  for kind in http https; do
    eval "$(apt-config shell proxy "Acquire::$kind::Proxy")"
    [ -z "${proxy:-}" ] || order+=(--aptopt="Acquire::$kind::Proxy \"$proxy\"")
    proxy=''
  done
  order+=("$suite" "$2")
  # Named in full, nothing has to be found out with gpg, which a small system lacks.
  [ -z "$1" ] || order+=("deb [signed-by=$keyring] $1 $suite main")
  "${order[@]}"
}

slim() { # FOLDER
  local usr=$1/usr
  rm -rf "$1/var" "$1/etc/apt" "$1/dev" "$1/tmp" "$1/boot" "$usr/include" "$usr/games" \
    "$usr/share"/{doc,man,info,locale,i18n,zoneinfo,perl,perl5,lintian,bash-completion,systemd} \
    "$usr/lib/x86_64-linux-gnu"/{perl,perl-base,gconv,systemd}
  # What the packages' scripts would have linked: the language of the sounds.
  local sounds=$usr/share/asterisk/sounds
  [ -e "$sounds/en" ] || ln -s en_US_f_Allison "$sounds/en"
}

version_in() { # FOLDER
  local lib=$1/usr/lib/x86_64-linux-gnu
  "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$1/usr/sbin/asterisk" -V |
    grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1
}

main() {
  local folder=$1 mirror found fetched=no tried=''
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  command -v mmdebstrap >/dev/null || die 'needs mmdebstrap (apt-get install mmdebstrap).'
  while read -r mirror; do
    rm -rf "$folder"
    mkdir -p "$folder"
    if fetch "$mirror" "$folder"; then
      fetched=yes
      break
    fi
    tried+=" ${mirror:-(the default)}"
  done < <(mirrors; echo '')
  [ "$fetched" = yes ] || die "no archive gave Debian's $suite; tried:$tried"
  slim "$folder"
  found=$(version_in "$folder") || die 'the unpacked Asterisk does not run (above).'
  at_least "$least" "${found:-0}" || die "Debian's $suite has Asterisk ${found:-in no version}; $least or newer is needed."
  echo "$found" >"$folder/version"
}

[ $# = 1 ] || die 'usage: unpack_asterisk.sh FOLDER'
main "$1"
