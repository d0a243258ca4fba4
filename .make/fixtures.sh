#!/usr/bin/env bash
# Speaks the recordings in tests/fixtures/audio anew, in a throw-away Python environment.
# Nobody needs this to build, run or test: the recordings are part of the project.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q --disable-pip-version-check \
  hibari-tts==0.2.1 onnxruntime==1.31.1 numpy==2.4.6
"$work/python/bin/python" .make/fixtures.py .make/fixtures.tsv tests/fixtures/audio
