/** What `overlaynet doctor` has hosts do: scripts that only look, and send a bounded number of packets to the hosts that are meant. The same with an agent and without one. */
import * as z from "zod";
import { schema } from "../desired/schema.js";

/** The most hosts that one is asked about, and the most datagrams to each. */
export const examinationLimits = { peers: 256, datagrams: 64 };

const peers = z.array(schema.ip).min(1).max(examinationLimits.peers);

/** One thing that a host is asked to do. */
export const Examination = z.discriminatedUnion("what", [
  /** Its programs, limits, settings, files, and who has the overlay's UDP port. */
  z.strictObject({ what: z.literal("look"), address: schema.ip, port: schema.port }),
  /** How it reaches other hosts: route, source, and whether packets of that many bytes pass without being fragmented. */
  z.strictObject({ what: z.literal("reach"), peers, size: z.number().int().min(576).max(65_535) }),
  /** Sends datagrams to other hosts' UDP port. Eight bytes of zero: a VXLAN header without a VNI, which every VXLAN device drops (RFC 7348 section 5). */
  z.strictObject({ what: z.literal("send"), peers, port: schema.port }),
  /** How many datagrams have come to any of its UDP ports, taken or not, since it booted. */
  z.strictObject({ what: z.literal("count") }),
]);
export type Examination = z.infer<typeof Examination>;
/** An examination before its names were looked at. */
export type ExaminationAsk = z.input<typeof Examination>;

/** The answer to `examine`. */
export const Examined = z.object({
  /** What the script printed, for the readers in this folder. */
  told: z.string(),
  /** What keeps the agent from working here, each a sentence with its mend. */
  unmet: z.array(z.string()),
});
export type Examined = z.infer<typeof Examined>;

/** Stands before what a script prints. */
export const examinationMark = "overlaynet-examined";

const start = [
  // sshd gives users other than root a PATH without the folders where ip and bridge are.
  "export LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin",
  `echo ${examinationMark}`,
];

/** $1 address, $2 port */
const look = [
  ...start,
  'echo "iproute2 $(ip -V 2>&1)"',
  'echo "systemd $(systemctl --version 2>/dev/null | head -n 1)"',
  'echo "clock $(date +%s.%N)"',
  `echo "holder $(ip -o -4 address show to "$1" | awk '{ print $2; exit }')"`,
  `device=$(ip -o -4 address show to "$1" | awk '{ print $2; exit }')`,
  'echo "mtu $(cat /sys/class/net/${device:-none}/mtu 2>/dev/null)"',
  'for d in all ${device:-none}; do echo "rp_filter $d $(cat /proc/sys/net/ipv4/conf/$d/rp_filter 2>/dev/null)"; done',
  'echo "gc_thresh3 $(cat /proc/sys/net/ipv4/neigh/default/gc_thresh3)"',
  'echo "bridge-nf $(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null)"',
  `sshd -T 2>/dev/null | awk '/^(maxsessions|maxstartups) / { print "sshd", $1, $2 }'`,
  "for d in /var/lib /run /usr/local/lib /etc/systemd/system; do",
  `  echo "disk $d $(df -P -k "$d" | awk 'NR == 2 { print $4 }') $(df -P -i "$d" | awk 'NR == 2 { print $4 }')"; done`,
  "for f in /etc/systemd/network/*.link /run/systemd/network/*.link /usr/lib/systemd/network/*.link /lib/systemd/network/*.link; do",
  '  grep -qs "^MACAddressPolicy=persistent" "$f" && echo "mac-policy $f"; done',
  `ss -Huanp "sport = :$2" 2>/dev/null | sed -n 's/.*users:(("\\([^"]*\\)",pid=\\([0-9]*\\).*/port-user \\1 \\2/p'`,
  'echo "port-open $(ss -Huan "sport = :$2" 2>/dev/null | wc -l)"',
  `ip -o -d link show type vxlan 2>/dev/null | sed -n 's/^[0-9]*: \\([^:@]*\\).* vxlan .*id \\([0-9]*\\).* dstport \\([0-9]*\\) .*/vxlan \\1 \\2 \\3/p'`,
  'for n in /run/docker/netns/*; do [ -e "$n" ] && echo "docker-netns $(basename "$n")"; done',
  "exit 0",
];

/** $1 size, then peers. The largest packet that passes is searched for where that size does not. */
const reach = [
  ...start,
  "size=$1; shift",
  'passes() { ping -n -q -c 1 -W 1 -M do -s $(($2 - 28)) "$1" >/dev/null 2>&1; }',
  "for p; do (",
  '  out="route $p $(ip -o route get "$p" 2>&1 | head -n 1)"',
  '  if passes "$p" $size || passes "$p" $size; then echo "$out"; echo "passes $p $size"; exit; fi',
  '  if ! passes "$p" 84; then echo "$out"; echo "passes $p 0"; exit; fi',
  "  low=84; high=$size",
  '  while [ $((high - low)) -gt 1 ]; do mid=$(((low + high) / 2)); if passes "$p" $mid; then low=$mid; else high=$mid; fi; done',
  '  echo "$out"; echo "passes $p $low"',
  ") & done; wait",
];

/** $1 port, then peers. bash has datagrams, sh has none; a socket for each, which hears of no ICMP error of the one before. */
const send = [
  ...start,
  "port=$1; shift",
  "for p; do",
  `  bash -c 'for i in $(seq ${examinationLimits.datagrams}); do printf "\\0\\0\\0\\0\\0\\0\\0\\0" >"/dev/udp/$0/$1"; done' "$p" "$port" 2>/dev/null`,
  '  echo "sent $p $?"',
  "done",
  "exit 0",
];

const count = [...start, `awk '/^Udp: [0-9]/ { print "datagrams", $2 + $3 }' /proc/net/snmp`];

/** The command that does it, as root. Constant scripts: addresses and numbers are their arguments. */
export function examinationCommand(one: Examination): string[] {
  const command = (script: readonly string[], ...args: (string | number)[]): string[] => {
    return ["/bin/sh", "-c", script.join("\n"), "overlaynet", ...args.map(String)];
  };
  switch (one.what) {
    case "look":
      return command(look, one.address, one.port);
    case "reach":
      return command(reach, one.size, ...one.peers);
    case "send":
      return command(send, one.port, ...one.peers);
    case "count":
      return command(count);
  }
}
