#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the page: Node from the machine if it is new enough for the builder, else from the wheel in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="$PWD/${VENV:-.venv}/bin"
new_enough() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
new_enough || export PATH="$bin:$PATH"
cd web
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build
