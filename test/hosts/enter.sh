#!/bin/sh
# enter.sh CGROUP NAMESPACE CMD...: runs CMD in a network namespace of the lab, as a process that the lab ends with itself.
# Everything but the network is the caller's: files, working directory, environment. In the namespace `underlay` the
# mounts are the lab's as well, so that `ip netns` knows its namespaces.
set -eu
cgroup=$1 namespace=$2
shift 2
anchor=
if [ -e "$cgroup/anchor/cgroup.procs" ]; then anchor=$(cat "$cgroup/anchor/cgroup.procs"); fi
if [ -z "$anchor" ]; then
  echo "the lab is not up" >&2
  exit 1
fi
echo $$ >"$cgroup/command/cgroup.procs"
networks=/proc/$anchor/root/run/netns
if [ "$namespace" = underlay ]; then
  exec nsenter --target="$anchor" --mount --net="$networks/underlay" -- "$@"
fi
exec nsenter --net="$networks/$namespace" -- "$@"
