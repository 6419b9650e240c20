#!/bin/bash
# demo.sh [up|down]: the main job on lab hosts (test/demo/cli.ts), after the set-up it needs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
exec node "$here/../test/dist/demo/cli.js" "$@"
