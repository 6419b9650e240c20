#!/bin/bash
# build.sh TREE BOX: makes the folder BOX, a Vagrant box for libvirt, from the hosts' Debian tree.
#
# No loop device and no guest: mkfs.ext4 fills the disk from a folder. Called by test/vagrant/box.ts, which keeps the result in a
# cache, in a mount and a PID namespace of its own: however this ends, nothing stays mounted.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$1 box=$2

mkdir -p "$box"
cp "$here/Vagrantfile" "$box/"
printf '{"provider": "libvirt", "format": "qcow2", "virtual_size": 2}\n' >"$box/metadata.json"
ssh-keygen -q -t ed25519 -N '' -C vagrant -f "$box/id_ed25519"
# The machine boots these directly: they are not read from its disk, which would take seconds.
cp -L "$tree/vmlinuz" "$box/vmlinuz"
cp -L "$tree/initrd.img" "$box/initrd"

mount -t tmpfs tmpfs /mnt # for the changes to the tree; gone with the namespace
mkdir /mnt/upper /mnt/work /mnt/disk
mount -t overlay overlay -o "lowerdir=$tree,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/disk
disk=/mnt/disk
units=$disk/etc/systemd/system

cp -r "$here/files/." "$disk/"
install -m 600 -o 1000 -g 1000 "$box/id_ed25519.pub" "$disk/home/vagrant/.ssh/authorized_keys"
install -m 600 "$box/id_ed25519.pub" "$disk/root/.ssh/authorized_keys"
echo "127.0.0.1 localhost" >"$disk/etc/hosts"

# The network comes from the kernel's command line (ip=…), through systemd-network-generator: no DHCP scripts.
find "$units" -name networking.service -delete
chroot "$disk" systemctl --quiet enable systemd-networkd.service systemd-network-generator.service announce-host-key.service

# What such a machine can do without; each is a fork or more, which emulation makes expensive.
for unit in networking.service systemd-networkd-wait-online.service serial-getty@ttyS0.service \
  systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-update-utmp.service systemd-update-utmp-runlevel.service \
  systemd-repart.service systemd-firstboot.service systemd-pcrphase.service systemd-pcrphase-sysinit.service \
  sys-fs-fuse-connections.mount sys-kernel-config.mount dev-hugepages.mount; do
  ln -sf /dev/null "$units/$unit"
done
rm -f "$disk"/boot/initrd* "$disk"/boot/vmlinuz* "$disk"/initrd.img* "$disk"/vmlinuz*
for modules in "$disk"/lib/modules/*; do chroot "$disk" depmod -a "$(basename "$modules")"; done

truncate -s 2G "$box/raw"
mkfs.ext4 -q -L root -m 0 -O ^metadata_csum_seed -J size=8 \
  -E lazy_itable_init=1,lazy_journal_init=1,nodiscard -d "$disk" "$box/raw"
qemu-img convert -f raw -O qcow2 -c "$box/raw" "$box/box.img"
rm "$box/raw"
