#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the page: Node from the machine if it is 20 or newer, else from the wheel in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="$PWD/${VENV:-.venv}/bin"
if ! { command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] && command -v npm >/dev/null; }; then
  export PATH="$bin:$PATH"
fi
[ -f web/package.json ] || { echo "web/ has no package.json yet"; mkdir -p web/dist; exit 0; }
cd web
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build
