#!/bin/bash
# check.sh: types, lint, format, unit and property tests. No root, about a minute.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/setup.sh" --node-only
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Beside the tests, which use one processor.
stage lint npm run --silent lint &
status=0
node tools/dist/mocha/run.js unit property || status=$?
wait $! || status=$?
exit $status
