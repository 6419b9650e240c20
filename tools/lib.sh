# lib.sh: what the scripts of this folder share; to be sourced, after `set -euo pipefail`.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Milliseconds, of a clock that is good enough for durations.
now() { echo $((${EPOCHREALTIME/./} / 1000)); }

# stage NAME CMD...: runs CMD and prints one line with the time it took. Exit status: CMD's.
stage() {
  local name=$1 start status=0
  shift
  start=$(now)
  "$@" || status=$?
  printf '%s: %s (%s.%03d s)\n' "$name" "$([ $status = 0 ] && echo done || echo "failed, exit status $status")" \
    $((($(now) - start) / 1000)) $((($(now) - start) % 1000)) >&2
  return $status
}

# lacking_packages PACKAGE...: prints those that are not installed, or not completely.
lacking_packages() {
  local package
  for package; do
    case $(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>&1) in
      ii*) ;;
      *) echo "$package" ;;
    esac
  done
}

# install_packages PACKAGE...: with apt, as root; two at once wait for each other.
install_packages() {
  if [ "$(id -u)" != 0 ]; then
    echo "these packages are missing, and only root can install them: $*" >&2
    return 1
  fi
  mkdir -p /var/cache/overlaynet
  (
    flock 9
    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a # an earlier run may have been killed
    apt-get -q -o Acquire::Retries=3 update
    apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "$@"
  ) 9>/var/cache/overlaynet/apt.lock >&2
}

# knows_package PACKAGE: whether apt has heard of it.
knows_package() { [ -n "$(apt-cache --quiet=2 show --no-all-versions "$1" 2>&1 | grep -m1 '^Package:')" ]; }

# need_packages PACKAGE...: a stage of its own when something is missing, else nothing.
need_packages() {
  local missing
  mapfile -t missing < <(lacking_packages "$@")
  if [ ${#missing[@]} -gt 0 ]; then stage "packages ${missing[*]}" quietly install_packages "${missing[@]}"; fi
}

# quietly CMD...: shows what CMD prints only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ $status != 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return $status
}

# sources: changes whenever a source does. outputs: changes whenever something has been built.
sources() {
  find . \( -name node_modules -o -name dist -o -name .git -o -name build -o -name coverage \) -prune -o -type f \
    \( -name '*.ts' -o -name '*.cjs' -o -name '*.mjs' -o -name '*.json' \) -printf '%p %T@ %s\n' | sort | sha256sum
}
outputs() { find ./*/dist -maxdepth 1 -name .tsbuildinfo -printf '%p %T@ %s\n' | sort | sha256sum; }

# node_ready: node_modules and the build are as the lock file and the sources want them.
# The lock is on package.json itself: no file to leave behind, and one writer per checkout.
node_ready() {
  exec 8<package.json
  flock 8
  if ! node tools/npm-current.mjs; then
    # No install scripts: what is native here ships built, and ssh2 works without its own.
    stage "npm ci" quietly npm ci --ignore-scripts --no-progress
  fi
  # What changes during the build is not in the stamp: the next one sees it.
  local stamp=tools/dist/.built before
  before=$(sources)
  if [ ! -e $stamp ] || [ "$before$(outputs)" != "$(cat $stamp)" ]; then
    stage build npm run --silent build
    echo "$before$(outputs)" >$stamp
  fi
  exec 8<&-
}
