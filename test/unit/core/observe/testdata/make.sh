#!/bin/bash
# make.sh PREFIX FOLDER: makes an overlay's and a container's namespace, writes what `ip` and `bridge` show of them, and removes them.
set -euo pipefail
prefix=$1 folder=$2
overns=${prefix}overns red=${prefix}red
trap 'ip netns delete "$overns"; ip netns delete "$red"' EXIT
ip netns add "$overns"
ip netns add "$red"
ip link add name vxlan1 netns "$overns" group 118 address 02:76:c0:a8:40:1b mtu 1450 \
  type vxlan id 991177 local 192.168.64.27 dstport 14777 nolearning proxy l2miss l3miss
ip -n "$overns" -force -batch - <<END
link set dev lo alias overlaynet:lab:overlay:lab:u0 up
link add name br0 group 118 address 02:6f:76:0f:1f:c9 type bridge
link set dev br0 alias overlaynet:lab:overlay:lab:u0 mtu 1450 up
link set dev vxlan1 alias overlaynet:lab:overlay:lab:u0 master br0 up
link add name vethO2 group 118 mtu 1450 master br0 up type veth peer name eth0 group 118 address 02:42:07:07:07:02 mtu 1400 netns $red
link set dev vethO2 alias overlaynet:lab:container:red:u-red
link add name near type veth peer name far
link add name vx2 type vxlan id 991178 dstport 14778
link add name vx3 type vxlan external dstport 14779
address add 7.7.7.1/24 dev br0 label br0:ov
address add 7.7.7.99/24 dev br0
END
bridge -n "$overns" -batch - <<END
fdb replace 02:42:07:07:07:02 dev vethO2 master static sticky
fdb replace 02:42:07:07:07:03 dev vethO2 master static
fdb replace 02:42:07:07:07:04 dev vxlan1 self dst 192.168.64.28 permanent
END
ip -n "$red" -batch - <<END
link set dev eth0 alias overlaynet:lab:container:red:u-red up
address add 7.7.7.2/24 dev eth0 label eth0:ov
route add default via 7.7.7.1 dev eth0 protocol 118
route add default via 7.7.7.9 dev eth0 metric 100
END
for name in overns red; do
  printf 'address show\nroute show default\nnetns list-id\n' | ip -n "$prefix$name" -j -d -N -batch - >"$folder/$name.ip.txt"
  bridge -n "$prefix$name" -j fdb show dynamic >"$folder/$name.bridge.txt"
done
sed -i "s/\"$prefix/\"/g" "$folder"/*.ip.txt
# What stands before the device and at ports: the commands of a golden file, in a namespace for each.
for name in vteps ports; do
  prefix_of=$([ $name = vteps ] || echo 'ip netns exec overns ')
  sed -n "s/^${prefix_of}nft '\(.*\)'$/\1/p" "$(dirname "$0")/../../../../golden/commands/create-everything.txt" >"$folder/$name.rules"
  table=$([ $name = vteps ] && echo 'ip overlaynet-lab' || echo 'bridge overlaynet')
  # shellcheck disable=SC2016
  unshare --net -- sh -c 'nft -f "$1" && shift && nft -j list table $1' make "$folder/$name.rules" "$table" >"$folder/$name.nft.txt"
  rm "$folder/$name.rules"
done
