#!/bin/bash
# bench.sh NAME ARGS...: the benchmark bench/NAME, after the set-up it needs. Needs root.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
name=${1:?which benchmark: a folder of bench/}
shift

packages=(iproute2 iputils-ping util-linux)
if [ "$name" = resolver ]; then packages+=(gcc libc6-dev linux-libc-dev python3 python3-pyroute2); fi
need_packages "${packages[@]}"
node_ready
node agent/dist/artifacts/fetch.js "$(node -p process.arch)"
exec node "bench/dist/$name/main.js" "$@"
