#!/bin/bash
# init.sh LAB-NAME STATE CGROUP TREE: the inside of a lab; lives as long as the lab does.
#
# Lab (lab.ts) starts it. It moves into the lab's cgroup, then into a mount namespace and a network namespace of its own,
# makes the underlay, and runs one loop for each host below STATE/hosts. When its cgroup is killed all of it is gone:
# mounts, network namespaces and links die with their last process.
set -euo pipefail
name=$1 state=$2 cgroup=$3 tree=$4
network=192.168.64

enter() { # LEAF: moves the current (sub)shell into a cgroup below the lab's
  [ -d "$cgroup/$1" ] || mkdir "$cgroup/$1"
  echo "$BASHPID" >"$cgroup/$1/cgroup.procs"
}

if [ "${5:-}" != inside ]; then
  enter init
  exec unshare --mount --net -- "$0" "$@" inside
fi

host_network() { # HOST OCTET: a NEW network namespace at each boot, so that a reboot loses what a real one would
  local host=$1 octet=$2
  if [ -e "/run/netns/$host" ]; then
    # First the link, then the namespace, which takes its links along, but only some time later.
    if ip link show "u-$host" >/dev/null 2>&1; then ip link del "u-$host"; fi
    ip netns del "$host"
  fi
  ip netns add "$host"
  # A fixed MAC, as a real network card has: else the others keep the old one in their ARP tables for a minute.
  ip link add "u-$host" master underlay type veth \
    peer name eth0 netns "$host" address "$(printf '52:54:00:a8:40:%02x' "$octet")"
  ip -n "$host" link set lo up
  ip -n "$host" addr add "$network.$octet/24" dev eth0
  ip -n "$host" link set eth0 up
  ip link set "u-$host" up
}

run_host() { # HOST: boots it, and again when it asks for that or is switched on again
  local host=$1 octet folder=$state/hosts/$1 boots=0 status
  octet=$(cat "$folder/octet")
  mkdir "$disks/$host" "$disks/$host/upper" "$disks/$host/work" "$folder/root"
  cp -a "$folder/seed/." "$disks/$host/upper/"
  mount -t overlay overlay -o "lowerdir=$tree,upperdir=$disks/$host/upper,workdir=$disks/$host/work" "$folder/root"
  local fuse=()
  if [ -c /dev/fuse ]; then fuse=(--bind=/dev/fuse); fi
  exec 7<>"$folder/power" # for reading and writing: to open it waits for nobody
  while :; do
    host_network "$host" "$octet"
    boots=$((boots + 1))
    echo "on $boots" >"$folder/status.new"
    mv "$folder/status.new" "$folder/status"
    status=0
    (
      # A cgroup for each host: with --keep-unit nspawn stays in its caller's, and all hosts would share one system.slice.
      enter "host-$host"
      export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
      exec systemd-nspawn --quiet --directory="$folder/root" --machine="$name-$host" --hostname="$host" \
        --register=no --keep-unit --network-namespace-path="/run/netns/$host" \
        --capability=all --system-call-filter='@keyring bpf' --resolv-conf=off --timezone=off --link-journal=no \
        --kill-signal=SIGRTMIN+3 --console=pipe "${fuse[@]}" --boot systemd.firstboot=off
    ) </dev/null >>"$folder/console.log" 2>&1 7>&- || status=$?
    echo "systemd-nspawn ended with status $status" >>"$folder/console.log"
    if [ $status = 133 ]; then continue; fi # with --keep-unit: the host asked for a reboot
    echo "off $boots" >"$folder/status.new"
    mv "$folder/status.new" "$folder/status"
    read -r _ <&7
  done
}

mount --make-rprivate /
# The machine's `ip netns` never sees the lab's namespaces; shared, so that `ip netns` in here works.
mkdir -p /run/netns
mount -t tmpfs -o mode=755 tmpfs /run/netns
mount --make-shared /run/netns
# A killed nspawn leaves its propagation folders and locks there.
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn

disks=$state/disks
mkdir "$disks"
# An overlay cannot lie on an overlay, as it would in most containers: the disks are in memory then.
if [ "$(stat --file-system --format=%T "$state")" = overlayfs ]; then mount -t tmpfs tmpfs "$disks"; fi

ip link set lo up
ip netns attach underlay $$
ip link add underlay type bridge
ip link set underlay up
ip netns add op
ip link add u-op master underlay type veth peer name eth0 netns op
ip link set u-op up
ip -n op link set lo up
ip -n op addr add "$network.1/24" dev eth0
ip -n op link set eth0 up
# The process by which the lab's namespaces are found; it is the only one in its cgroup.
( enter anchor; exec nsenter --net=/run/netns/op sleep infinity ) &

for folder in "$state"/hosts/*; do
  host=$(basename "$folder")
  ( enter "loop-$host"; run_host "$host" ) &
done
touch "$state/started"
wait
