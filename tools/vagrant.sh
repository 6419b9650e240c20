#!/bin/bash
# vagrant.sh [--keep] [--grep PATTERN] | VERB...: the two-host suite on Vagrant's machines, after the set-up it needs; with
# a verb, their command line alone (test/vagrant/cli.ts): up, ssh, exec, op, status, down, clean.
# --keep: the suite uses the machines of `up` when they are there, and leaves them. Without it, it makes its own and
# removes them, however it ends; after a kill -9 the next run does.
# --grep: only the tests whose titles match, after what they need.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" --quiet
. "$here/lib.sh"
cli=$root/test/dist/vagrant/cli.js

case ${1:-} in
  down | clean | help | --help | -h) ;;
  *)
    need_packages vagrant vagrant-libvirt libvirt-daemon libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils \
      dnsmasq-base e2fsprogs
    ;;
esac

case ${1:-} in
  "" | --grep)
    export OVERLAYNET_VAGRANT=suite
    trap 'node "$cli" down' EXIT
    node tools/dist/mocha/run.js vagrant -- "$@"
    ;;
  --keep)
    export OVERLAYNET_VAGRANT_KEEP=1
    node tools/dist/mocha/run.js vagrant -- "${@:2}"
    ;;
  *) exec node "$cli" "$@" ;;
esac
