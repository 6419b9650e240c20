#!/bin/bash
# test.sh: everything that a machine's own kernel can show: set-up, check, then the tests on lab hosts. Needs root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
"$here/check.sh"
cd "$here/.."
node tools/dist/mocha/run.js 'lab*' 'fault?*' 'regress?*'
