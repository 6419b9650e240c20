#!/bin/bash
# init.sh STATE CGROUP CACHE ACCELERATION: the world of Vagrant's machines; lives as long as they do.
#
# VagrantFleet (fleet.ts) starts it. It moves into the fleet's cgroup, then into a mount namespace and a network namespace of its
# own, with no route out, and starts libvirtd there. Vagrant runs in there too. When the cgroup is killed all of it is
# gone: machines, daemons, mounts, links.
set -euo pipefail
state=$1 cgroup=$2 cache=$3 acceleration=$4
umask 022

enter() { # LEAF: moves the current (sub)shell into a cgroup below the fleet's
  [ -d "$cgroup/$1" ] || mkdir "$cgroup/$1"
  echo "$BASHPID" >"$cgroup/$1/cgroup.procs"
}

if [ "${5:-}" != inside ]; then
  enter init
  exec unshare --mount --net -- "$0" "$@" inside
fi

private_dev() { # a /dev with what libvirt and QEMU need, and with KVM only where it works
  # Without KVM the device must be missing. Root can open one that is of no use, or bound to /dev/null; libvirt then holds KVM
  # to be there, finds its cached capabilities outdated, and probes QEMU again at nearly every call: 280 s instead of 40.
  local dev=$state/dev
  mkdir "$dev"
  mount -t tmpfs -o mode=755,size=1m tmpfs "$dev"
  mkdir "$dev/pts" "$dev/shm" "$dev/net"
  cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$dev/"
  cp -a /dev/net/tun "$dev/net/"
  if [ "$acceleration" = kvm ]; then cp -a /dev/kvm "$dev/"; fi
  ln -s /proc/self/fd "$dev/fd"
  ln -s pts/ptmx "$dev/ptmx"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$dev/pts"
  mount -t tmpfs tmpfs "$dev/shm"
  mount --move "$dev" /dev
}

private_libvirt() { # libvirt's folders, with settings that need no D-Bus, no systemd, no polkit and no virtlogd
  local etc=$state/libvirt/etc lib=$state/libvirt/lib log=$state/libvirt/log
  mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt "$cache/libvirt" \
    "$lib"/{images,qemu,dnsmasq,network,boot,filesystems} "$log" "$etc"/{storage,nwfilter} "$etc/qemu/networks/autostart"
  mount -t tmpfs tmpfs /run/libvirt
  mount --bind "$lib" /var/lib/libvirt
  mount --bind "$log" /var/log/libvirt
  mount --bind "$cache/libvirt" /var/cache/libvirt # what QEMU can do: found out in 4 s, once per machine
  cat >"$etc/libvirtd.conf" <<END
unix_sock_group = "root"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "2:file:$log/libvirtd.log"
END
  cat >"$etc/qemu.conf" <<END
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
END
  : >"$etc/libvirt.conf"
  : >"$etc/network.conf"
  mount --bind "$etc" /etc/libvirt
}

mount --make-rprivate /
# `ip netns` of the machine never sees these; shared, so that `ip netns` in here works.
mkdir -p /run/netns
mount -t tmpfs -o mode=755 tmpfs /run/netns
mount --make-shared /run/netns
# The operator's place is libvirt's own end of the underlay.
ip netns attach underlay $$
ip netns attach op $$
ip link set lo up

private_dev
private_libvirt
libvirtd --daemon --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirt/libvirtd.pid

# The process by which the namespaces are found; it is the only one in its cgroup.
( enter anchor; exec sleep infinity ) &
touch "$state/started"
wait
