#!/bin/sh
# overlaynet-metrics.sh [FOLDER [SOCKETS]]: writes the metrics of this host's resolvers, one file each, for node_exporter's textfile collector. Run
# as root, once a minute or more often. A resolver that does not answer has no file, which is what the alert OverlaynetResolverDown is about.
set -eu
folder=${1:-/var/lib/prometheus/node-exporter}
sockets=${2:-/run/overlaynet-resolver}
for old in "$folder"/overlaynet-*.prom; do
  name=${old##*/overlaynet-}
  if [ -e "$old" ] && [ ! -S "$sockets/${name%.prom}/control.sock" ]; then rm "$old"; fi
done
for socket in "$sockets"/*/control.sock; do
  if [ ! -S "$socket" ]; then continue; fi
  name=$(basename "$(dirname "$socket")")
  if curl --silent --show-error --fail --max-time 5 --unix-socket "$socket" http://resolver/metrics > "$folder/.overlaynet-$name"; then
    mv "$folder/.overlaynet-$name" "$folder/overlaynet-$name.prom"
  else
    rm -f "$folder/.overlaynet-$name" "$folder/overlaynet-$name.prom"
  fi
done
