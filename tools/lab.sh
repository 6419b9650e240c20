#!/bin/bash
# lab.sh ARGS...: the lab's command line (test/hosts/cli.ts), after the set-up it needs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" --quiet
exec node "$here/../test/dist/hosts/cli.js" "$@"
