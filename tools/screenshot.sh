#!/bin/bash
# screenshot.sh: draws a network of lab hosts after changes by hand, opens it in Chromium, and writes docs/graph.png. Needs root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" --quiet
cd "$here/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
OVERLAYNET_SCREENSHOTS=$folder node tools/dist/mocha/run.js lab -- --grep '^overlaynet graph'
mv "$folder/drift.png" docs/graph.png
