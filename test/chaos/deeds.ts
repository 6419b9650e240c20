import type { Host, Lab } from "../hosts/index.js";
import type { Operation } from "./operation.js";

const RESOLVER = "overlaynet-resolver@lab.service";
const STATE = "/var/lib/overlaynet";

/** A record made by hand, on every host: never removed, whatever happens (promise 4). */
export const foreign = { mac: "02:99:00:00:00:01", path: `${STATE}/lab/records/arp/7.7.7.250` };

/** Ends what lasts, however often it was begun. What was not begun does not matter. */
export async function healHost(lab: Lab, host: Host): Promise<void> {
  await lab.cable(host.name, "in");
  if ((await host.power()) === "off") await host.powerOn();
  await emptyDisk(host);
  await host.script(
    `nft list tables | sed -n 's/^table \\(inet chaos.*\\)/\\1/p' | while read -r table; do nft delete table $table; done
     if tc qdisc show dev eth0 | grep -q tbf; then tc qdisc del dev eth0 root; fi`,
  );
}

/** Drops what comes from another host, and with `both` what goes there. SSH of the operator goes on. */
export async function part(host: Host, from: Host, ways: "both" | "one"): Promise<void> {
  const chain = (way: string, which: string): string =>
    `chain ${way} { type filter hook ${way} priority -10; ip ${which} ${from.address} drop; };`;
  const chains = [chain("input", "saddr"), ...(ways === "both" ? [chain("output", "daddr")] : [])];
  await host.ssh(["nft", `table inet chaos-${from.name} { ${chains.join(" ")} }`]);
}

/** A megabit a second, which is enough for everything, slowly. */
export async function slow(host: Host): Promise<void> {
  await host.ssh([
    "tc",
    "qdisc",
    "replace",
    "dev",
    "eth0",
    "root",
    ..."tbf rate 1mbit burst 32kbit latency 400ms".split(" "),
  ]);
}

/** The state folder is on a small file system from now on, which is full. Nothing of the machine's own disk is filled. */
export async function fillDisk(host: Host): Promise<void> {
  await host.script(
    `mountpoint -q ${STATE} && exit 0
     mkdir -p /run/chaos; mount -t tmpfs -o size=2m tmpfs /run/chaos
     cp -a ${STATE}/. /run/chaos/; mount --bind /run/chaos ${STATE}
     # Ends for lack of room: that is what it is for.
     if dd if=/dev/zero of=${STATE}/.filled bs=4k status=none 2>/dev/null; then exit 1; fi`,
  );
}

/** Room again; what was written meanwhile is on the disk below. */
export async function emptyDisk(host: Host): Promise<void> {
  await host.script(
    `if mountpoint -q ${STATE}; then
       rm -f ${STATE}/.filled
       mkdir -p /run/chaos-copy; cp -a ${STATE}/. /run/chaos-copy/
       umount --lazy ${STATE}; umount --lazy /run/chaos; rmdir /run/chaos
       find ${STATE} -mindepth 1 -maxdepth 1 -exec rm -r {} +
       cp -a /run/chaos-copy/. ${STATE}/; rm -r /run/chaos-copy
     fi`,
  );
}

export async function killResolver(host: Host): Promise<void> {
  await host.ssh(["systemctl", "kill", "--signal=KILL", RESOLVER], { reject: false });
}

/** What is not there cannot be deleted, and need not be. */
export async function deleteByHand(
  host: Host,
  what: Extract<Operation, { do: "delete by hand" }>["what"],
): Promise<void> {
  const device = "vxlan1";
  const lines: Record<typeof what, string> = {
    "neighbour entries": `ip -n overns neigh show dev ${device} | while read -r ip _; do ip -n overns neigh del "$ip" dev ${device}; done`,
    "forwarding entries": `bridge -n overns fdb show dev ${device} | grep ' self' | while read -r mac _; do bridge -n overns fdb del "$mac" dev ${device} self; done`,
    "VXLAN device": `ip -n overns link del ${device}`,
    bridge: "ip -n overns link del br0",
    namespace: "ip netns del overns",
    container: "ip netns del $(ls /run/netns | grep -xE 'red|green|pink|blue|cyan' | head -n 1)",
    // Of the overlay's own: the one made by hand has nobody who makes it again.
    record: `rm $(ls -d ${STATE}/lab/records/arp/* | grep -vxF ${foreign.path} | head -n 1)`,
    "bridge address": "ip -n overns addr flush dev br0",
    "device MTU": `ip -n overns link set dev ${device} mtu 1300`,
    port: "ip -n overns link del $(ip -n overns -br link show type veth | head -n 1 | cut -d@ -f1)",
  };
  await host.script(lines[what], { reject: false });
}
