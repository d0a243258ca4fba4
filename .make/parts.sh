# Where the set-up puts what it unpacks; sourced by `setup.sh` and `asterisk/lib.sh`.
# The program looks in the same place (src/parts.rs).
parts_folder() {
  if [ -n "${TREADLINE_PARTS:-}" ]; then
    echo "$TREADLINE_PARTS"
  elif [ "$(id -u)" = 0 ]; then
    echo /var/lib/treadline/parts
  else
    echo "${XDG_DATA_HOME:-$HOME/.local/share}/treadline/parts"
  fi
}
