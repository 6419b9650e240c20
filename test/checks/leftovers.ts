import type { ScriptRunner } from "../hosts/snapshot.js";

/**
 * What an interrupted work may leave on a host, by name: namespaces, links, addresses, entries, files, units. A small and quick snapshot for comparisons by the hundred. The work may still be going on: a namespace may go
 * while it is looked at.
 */
export async function leftovers(host: ScriptRunner): Promise<string> {
  return (await host.script(script)).stdout;
}

const script = `
  contents() {
    ip -n $1 -o link | sed -E 's/^[0-9]+: ([^:@]+).* mtu ([0-9]+).*/\\1 \\2/' | sort &&
    ip -n $1 -o addr show scope global | awk '{ print $2, $4 }' | sort &&
    ip -n $1 neigh show nud permanent | sort && bridge -n $1 fdb | sed -n '/ dst /p' | sort
  }
  for ns in $(ls /run/netns); do
    echo "$ns"; contents $ns || [ ! -e /run/netns/$ns ]
  done
  find /var/lib/overlaynet /run/overlaynet /usr/local/lib/overlaynet /usr/local/bin /etc/systemd/system -ignore_readdir_race -printf '%p %l\\n' | sort
  systemctl list-units --all --plain --no-legend 'overlaynet*' | awk '{ print $1, $3 }' | sort`;
