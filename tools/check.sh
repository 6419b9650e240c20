#!/bin/bash
# check.sh: types, lint, format, unit and property tests. No root, a minute or two.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/setup.sh" --node-only
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

stage lint npm run --silent lint
node tools/dist/mocha/run.js unit property
