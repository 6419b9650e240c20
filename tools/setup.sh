#!/bin/bash
# setup.sh [--node-only] [--quiet]: makes a Debian or Ubuntu machine with Node.js, npm and Go ready for this project, and
# says what it did, a line for each thing. When all is there it takes a second. Any number at once, and again after any
# interruption.
# --node-only: only node_modules and the build, which need no root. --quiet: nothing about what is there already.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case " $* " in
  *" --node-only "*) node_ready ;;
  *)
    need_packages mmdebstrap systemd-container openssh-client iproute2 nftables iputils-ping util-linux procps zsh ca-certificates
    # For the test that looks at a graph. Ubuntu has no such package, and the test says that it was skipped.
    if knows_package chromium-headless-shell; then need_packages chromium-headless-shell; fi
    node_ready
    node tools/dist/pulumi/cli.js "$@" >/dev/null
    # The hosts of the lab are this machine's architecture, and their operator's place has no route to a registry.
    node agent/dist/artifacts/fetch.js "$(node -p process.arch)"
    ;;
esac
