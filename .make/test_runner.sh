#!/bin/sh
# How cargo runs the programs of the tests. Those that place telephone calls mostly listen: more of
# them at a time do not disturb each other.
case ${1##*/} in
  asterisk-*) RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(nproc) * 2))} exec "$@" ;;
  *) exec "$@" ;;
esac
