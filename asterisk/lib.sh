# What `up`, `down` and `cli` have in common; sourced by them.
#
# The environment may set, so that several Asterisks live side by side:
#   TREADLINE_ASTERISK_RUN            folder of configuration, logs, secrets; made if absent
#   TREADLINE_ASTERISK_SIP_PORT       5060         Asterisk's telephones, UDP
#   TREADLINE_ASTERISK_HTTP_PORT      8088         Asterisk's own HTTP: ARI, media websockets
#   TREADLINE_ASTERISK_RTP_PORTS      20000-29998  sound of telephones, UDP
#   TREADLINE_ASTERISK_OPERATOR_PORT  5090         where the operator's telephone is
#   TREADLINE_ASTERISK_AUDIO_PORT     9092         `audiosocket.listen` of Treadline
#   TREADLINE_ASTERISK_SERVER_PORT    8080         `server.listen` of Treadline
#   TREADLINE_ASTERISK_MEDIA_PORT     9094         where Treadline takes chan_websocket's sound
#   TREADLINE_ASTERISK_ARI_OUT_PORT   unset        set: Asterisk calls Treadline for ARI, here
#   TREADLINE_ASTERISK_PID            unset        set: it goes when the process of this number does
# Everything listens on 127.0.0.1.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../.make/parts.sh"

say() { printf 'asterisk: %s\n' "$*"; }
die() { printf 'asterisk: %s\n' "$*" >&2; exit 1; }

run_folder() {
  if [ -n "${TREADLINE_ASTERISK_RUN:-}" ]; then
    echo "$TREADLINE_ASTERISK_RUN"
  elif [ "$(id -u)" = 0 ]; then
    echo /var/lib/treadline/asterisk
  else
    echo "${XDG_STATE_HOME:-$HOME/.local/state}/treadline/asterisk"
  fi
}

run=$(run_folder)
case $run in /*) ;; *) die "TREADLINE_ASTERISK_RUN must be an absolute path; it is '$run'." ;; esac
# The address of a local socket holds 107 bytes, and Asterisk makes one here.
[ ${#run} -le 80 ] || die "the folder's path is too long for a socket in it: $run"
tree=$(parts_folder)/asterisk
libraries=$tree/usr/lib/x86_64-linux-gnu
# Asterisk with the libraries it came with, down to their loader: nothing of this system's.
program=("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$tree/usr/sbin/asterisk"
  -C "$run/etc/asterisk.conf")

# One command at a running Asterisk's console; its colours are for terminals.
console() { env -i LANG=C.UTF-8 "${program[@]}" -rx "$1" 2>&1 | sed 's/\x1b\[[0-9;]*m//g'; }

# Its process number, if it runs. The number of a dead one may be another program's by now.
running() {
  local pid
  pid=$(cat "$run/var/run/asterisk.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$run/etc/asterisk.conf" || return 1
  echo "$pid"
}

stop() {
  local pid tenth
  pid=$(running) || return 0
  console 'core stop now' >/dev/null || kill "$pid" 2>/dev/null || true
  for tenth in $(seq 100); do
    [ -e "/proc/$pid" ] || return 0
    [ "$tenth" != 50 ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  die "process $pid does not end."
}

# Two at once take turns. The folder belongs to the user that Asterisk runs as; the lock to us.
lock() {
  mkdir -p "$run"
  exec 9>"$run/.lock"
  flock 9
}
