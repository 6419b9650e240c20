#!/bin/bash
# build.sh TREE: makes the Debian 12 tree that the lab's hosts and the Vagrant box both start from.
#
# Called by rootfs.ts, which keeps the result in a cache, in a mount and a PID namespace of its own: however this ends,
# nothing stays mounted and nothing stays running. Every file of this folder is part of the cache's key.
# OVERLAYNET_MIRROR: a Debian mirror instead of mmdebstrap's own choice.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$1
arch=$(dpkg --print-architecture)
packages=$(sed -e 's/#.*//' -e "s/@arch@/$arch/" "$here/packages" | xargs | tr ' ' ,)

# The initial RAM disk holds only what a virtio disk needs: a quarter of the size, and seconds less under emulation.
# shellcheck disable=SC2016  # $1 is the hook's own argument
initramfs='mkdir -p "$1/etc/initramfs-tools/conf.d"
echo MODULES=list > "$1/etc/initramfs-tools/conf.d/overlaynet"
printf "virtio_pci\nvirtio_blk\nvirtio_net\next4\n" > "$1/etc/initramfs-tools/modules"'

mirror=()
if [ -n "${OVERLAYNET_MIRROR:-}" ]; then mirror=("$OVERLAYNET_MIRROR"); fi
mmdebstrap --mode=root --variant=minbase --quiet --include="$packages" \
  --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --essential-hook="$initramfs" \
  bookworm "$tree" "${mirror[@]}"

# From here on chroot, not mmdebstrap's hooks: they run under dash and cannot share functions.
: > "$tree/etc/machine-id"          # an empty file is not a first boot, a missing one is
: > "$tree/etc/resolv.conf"         # mmdebstrap copies this machine's name server
rm -f "$tree"/etc/ssh/ssh_host_*    # host keys are made per host
rm -f "$tree"/var/cache/apt/*.bin
find "$tree/var/lib/apt/lists" -type f -delete

cat > "$tree/etc/network/interfaces" <<'END'
auto lo
iface lo inet loopback
source /etc/network/interfaces.d/*
END
cat > "$tree/etc/ssh/sshd_config.d/overlaynet.conf" <<'END'
UseDNS no
PasswordAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
END

chroot "$tree" useradd --create-home --shell /bin/bash vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' > "$tree/etc/sudoers.d/vagrant"
chmod 440 "$tree/etc/sudoers.d/vagrant"
install -d -m 700 "$tree/root/.ssh"
chroot "$tree" install -d -m 700 -o vagrant -g vagrant /home/vagrant/.ssh

# Nothing that runs on its own, or that a namespace cannot have.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer \
  e2scrub_reap.service systemd-pstore.service getty@tty1.service sys-kernel-debug.mount sys-kernel-tracing.mount; do
  ln -sf /dev/null "$tree/etc/systemd/system/$unit"
done
