/** Something that somebody does by hand on host a, and how a comparison has to name it. */
export interface HandChange {
  readonly what: string;
  /** For a shell on the host; {@link prelude} goes before it. */
  readonly script: string;
  /** What has to be said, each after the resource that has to say it: `red: red: eth0 mtu 1300, want 1450`. */
  readonly words: readonly string[];
  /** What is said besides, because it follows from it: entries of a device that is a new one, for example. */
  readonly follows?: RegExp;
}

/** The link of container red on host a: its address is 7.7.7.2. */
const port = "vethO2";
const entries = /^\w+: vxlan1 (neighbour|forwarding entry) /;
const sticky = /: sticky entry of /;

/** Functions that scripts use. `vxlan` makes the overlay's device anew, marked as it was, with what is given in place of what is wanted. */
export const prelude = `
alias_of() { ip -n "$1" -j link show dev "$2" | sed 's/.*"ifalias":"\\([^"]*\\)".*/\\1/'; }
vxlan() {
  mark=$(alias_of overns vxlan1)
  ip -n overns link del vxlan1
  ip \${inside-} link add name vxlan1 \${place-netns overns} group 118 address 02:76:c0:a8:40:1b mtu 1450 type vxlan id \${id:-42} \\
    local 192.168.64.27 dstport \${dstport:-4789} nolearning \${flags-proxy l2miss l3miss}
  ip -n overns link set vxlan1 alias "$mark" master br0 up
}
`;

const vxlan: readonly HandChange[] = [
  ...(["proxy", "l2miss", "l3miss"] as const).map((flag) => ({
    what: `${flag} off`,
    script: `flags="${["proxy", "l2miss", "l3miss"].filter((one) => one !== flag).join(" ")}" vxlan`,
    words: [`lab: vxlan1 ${flag} off, want on`],
    follows: entries,
  })),
  { what: "id", script: "id=43 vxlan", words: ["lab: vxlan1 vni 43, want 42"], follows: entries },
  { what: "port", script: "dstport=4790 vxlan", words: ["lab: vxlan1 port 4790, want 4789"], follows: entries },
  {
    what: "the namespace of its socket",
    script: 'inside="-n overns" place= vxlan',
    words: ["lab: vxlan1 has its UDP socket in namespace overns, where no underlay is"],
    follows: entries,
  },
  {
    what: "learning",
    script: "ip -n overns link set vxlan1 type vxlan learning",
    words: ["lab: vxlan1 learning on, want off"],
  },
  {
    what: "local",
    script: "ip -n overns link set vxlan1 type vxlan local 192.168.64.99",
    words: ["lab: vxlan1 local 192.168.64.99, want 192.168.64.27"],
  },
  { what: "MTU", script: "ip -n overns link set vxlan1 mtu 1400", words: ["lab: vxlan1 mtu 1400, want 1450"] },
  {
    what: "MAC",
    script: "ip -n overns link set vxlan1 address 02:00:00:00:00:01",
    words: ["lab: vxlan1 mac 02:00:00:00:00:01, want 02:76:c0:a8:40:1b"],
    // A device whose address changes loses its neighbours, permanent ones too (neigh_changeaddr in net/core/neighbour.c).
    follows: entries,
  },
  { what: "master", script: "ip -n overns link set vxlan1 nomaster", words: ["lab: vxlan1 master none, want br0"] },
  {
    what: "link state",
    script: "ip -n overns link set vxlan1 down",
    words: ["lab: vxlan1 down, want up"],
    follows: entries,
  },
  { what: "alias", script: "ip -n overns link set vxlan1 alias mine", words: ["lab: vxlan1 not marked as ours"] },
  { what: "existence", script: "ip -n overns link del vxlan1", words: ["lab: vxlan1 missing"] },
].map((change) => ({ ...change, what: `the VXLAN device: ${change.what}` }));

const bridge: readonly HandChange[] = [
  { what: "MTU", script: "ip -n overns link set br0 mtu 1400", words: ["lab: br0 mtu 1400, want 1450"] },
  {
    what: "MAC",
    script: "ip -n overns link set br0 address 02:00:00:00:00:02",
    words: ["lab: br0 mac 02:00:00:00:00:02, want 02:6f:76:00:00:2a"],
  },
  { what: "link state", script: "ip -n overns link set br0 down", words: ["lab: br0 down, want up"] },
  { what: "alias", script: "ip -n overns link set br0 alias mine", words: ["lab: br0 not marked as ours"] },
  {
    what: "address",
    script: "ip -n overns address del 7.7.7.1/24 dev br0",
    words: ["lab: br0 address 7.7.7.1/24 missing"],
  },
  {
    what: "an address of ours too many",
    script: "ip -n overns address add 7.7.7.77/24 dev br0 label br0:ov",
    words: ["lab: br0 address 7.7.7.77/24 left over"],
  },
  {
    what: "existence",
    script: "ip -n overns link del br0",
    words: ["lab: br0 missing", "lab: vxlan1 master none, want br0", `red: ${port} master none, want br0`],
    follows: /master none|sticky/,
  },
].map((change) => ({ ...change, what: `the bridge: ${change.what}` }));

const namespaces: readonly HandChange[] = [
  { what: "the overlay's: lo", script: "ip -n overns link set lo down", words: ["lab: overns: lo down, want up"] },
  {
    what: "the overlay's: its mark",
    script: 'ip -n overns link set lo alias ""',
    words: ["lab: namespace overns not marked as ours"],
  },
  {
    what: "the overlay's: existence",
    script: "ip netns del overns",
    words: ["lab: namespace overns missing", `red: ${port} missing`],
    follows: /missing|address|route|does not lead|left over/,
  },
  { what: "a container's: lo", script: "ip -n red link set lo down", words: ["red: red: lo down, want up"] },
  {
    what: "a container's: its mark",
    script: 'ip -n red link set lo alias ""',
    words: ["red: namespace red not marked as ours"],
  },
  {
    what: "a container's: existence",
    script: "ip netns del red",
    words: ["red: namespace red missing"],
    follows: /^red: /,
  },
  {
    what: "a container's: what its name leads to",
    script: "umount /run/netns/red",
    words: ["red: namespace red missing, its name leads nowhere"],
    follows: /^red: /,
  },
];

const container: readonly HandChange[] = [
  { what: "port's MTU", script: `ip -n overns link set ${port} mtu 1400`, words: [`red: ${port} mtu 1400, want 1450`] },
  {
    what: "port's master",
    script: `ip -n overns link set ${port} nomaster`,
    words: [`red: ${port} master none, want br0`],
    follows: sticky,
  },
  { what: "port's link state", script: `ip -n overns link set ${port} down`, words: [`red: ${port} down, want up`] },
  { what: "port's alias", script: `ip -n overns link set ${port} alias x`, words: [`red: ${port} not marked as ours`] },
  {
    what: "port's name",
    script: `ip -n overns link set ${port} name vethO99`,
    words: [`red: vethO99 name vethO99, want ${port}`],
    follows: sticky,
  },
  {
    what: "port's existence",
    script: `ip -n overns link del ${port}`,
    words: [`red: ${port} missing`],
    follows: /^red: /,
  },
  {
    what: "port's static entry",
    script: `bridge -n overns fdb del 02:42:07:07:07:02 dev ${port} master`,
    words: [`red: sticky entry of 02:42:07:07:07:02 on ${port} missing`],
  },
  {
    what: "a static entry of ours too many",
    script: `bridge -n overns fdb replace 02:42:07:07:07:63 dev ${port} master static sticky`,
    words: [`red: sticky entry of 02:42:07:07:07:63 on ${port} left over`],
  },
  {
    what: "interface's MAC",
    script: "ip -n red link set eth0 address 02:00:00:00:00:03",
    words: ["red: red: eth0 mac 02:00:00:00:00:03, want 02:42:07:07:07:02"],
  },
  {
    what: "interface's MTU",
    script: "ip -n red link set eth0 mtu 1300",
    words: ["red: red: eth0 mtu 1300, want 1450"],
  },
  {
    what: "interface's link state",
    script: "ip -n red link set eth0 down",
    words: ["red: red: eth0 down, want up"],
    follows: /default route/,
  },
  {
    what: "interface's alias",
    script: "ip -n red link set eth0 alias x",
    words: ["red: red: eth0 not marked as ours"],
  },
  {
    what: "interface's name",
    script: "ip -n red link set eth0 down; ip -n red link set eth0 name eth9",
    words: ["red: red: eth9 instead of eth0"],
    follows: /^red: /,
  },
  {
    what: "address",
    script: "ip -n red address add 7.7.7.99/24 dev eth0; ip -n red address del 7.7.7.2/24 dev eth0",
    words: ["red: red: eth0 address 7.7.7.2/24 missing"],
    follows: /default route/,
  },
  {
    what: "default route, gone",
    script: "ip -n red route del default",
    words: ["red: red: default route via 7.7.7.1 missing"],
  },
  {
    what: "default route, another",
    script: "ip -n red route replace default via 7.7.7.4",
    words: ["red: red: default route via 7.7.7.4, want 7.7.7.1"],
  },
].map((change) => ({ ...change, what: `a container's ${change.what}` }));

const records = "/var/lib/overlaynet/lab/records";

/** Of a member here, a member elsewhere and a neighbour entry: each of its two records, gone, edited, and empty. */
const recordChanges: readonly HandChange[] = (
  [
    ["red", "7.7.7.2", "02:42:07:07:07:02", "192.168.64.27"],
    ["pink", "7.7.7.3", "02:42:07:07:07:03", "192.168.64.28"],
    ["printer", "7.7.7.9", "02:42:c0:a8:00:09", "192.168.64.40"],
  ] as const
).flatMap(([member, ip, mac, vtep]) =>
  (
    [
      [`arp/${ip}`, mac, "02:00:00:00:00:04"],
      [`fdb/${mac}`, vtep, "192.168.64.99"],
    ] as const
  ).flatMap(([record, value, other]) => [
    {
      what: `${member}'s record ${record}, gone`,
      script: `rm ${records}/${record}`,
      words: [`${member}: record ${record} missing, want ${value}`],
      follows: entries,
    },
    {
      what: `${member}'s record ${record}, edited`,
      script: `echo ${other} > ${records}/${record}`,
      words: [`${member}: record ${record} is "${other}", want ${value}`],
      follows: entries,
    },
  ]),
);

/** Of a member elsewhere: its two entries in the kernel, while no resolver mends them. */
const kernelEntries: readonly HandChange[] = [
  {
    what: "a neighbour, gone",
    script: "ip -n overns neigh del 7.7.7.3 dev vxlan1",
    words: ["pink: vxlan1 neighbour 7.7.7.3 missing, want 02:42:07:07:07:03"],
  },
  {
    what: "a neighbour's MAC",
    script: "ip -n overns neigh replace 7.7.7.3 lladdr 02:00:00:00:00:05 nud permanent dev vxlan1",
    words: ["pink: vxlan1 neighbour 7.7.7.3 is 02:00:00:00:00:05, want 02:42:07:07:07:03"],
  },
  {
    what: "a neighbour's permanence",
    script: "ip -n overns neigh replace 7.7.7.3 lladdr 02:42:07:07:07:03 nud reachable dev vxlan1",
    words: ["pink: vxlan1 neighbour 7.7.7.3 is 02:42:07:07:07:03, not permanent, want 02:42:07:07:07:03"],
  },
  {
    what: "a forwarding entry, gone",
    script: "bridge -n overns fdb del 02:42:07:07:07:03 dev vxlan1 self",
    words: ["pink: vxlan1 forwarding entry 02:42:07:07:07:03 missing, want 192.168.64.28"],
  },
  {
    what: "a forwarding entry's VTEP",
    script: "bridge -n overns fdb replace 02:42:07:07:07:03 dev vxlan1 self permanent dst 192.168.64.99",
    words: ["pink: vxlan1 forwarding entry 02:42:07:07:07:03 leads to 192.168.64.99, want 192.168.64.28"],
  },
  {
    what: "an entry of ours too many",
    script: "ip -n overns neigh replace 7.7.7.200 lladdr 02:00:00:00:00:06 nud permanent dev vxlan1 protocol 111",
    words: ["lab: vxlan1 neighbour 7.7.7.200 left over, want none"],
  },
];

const rootTable = "ip overlaynet-lab";
const portTable = "bridge overlaynet";
const inside = "nsenter --net=/run/netns/overns";
const guarded = `red: ${port} not guarded as it should be`;

const filters: readonly HandChange[] = [
  {
    what: "the VTEP filter, gone",
    script: `nft delete table ${rootTable}`,
    words: ["lab: nft table overlaynet-lab missing"],
  },
  {
    what: "a VTEP that may send, gone",
    script: `nft delete element ${rootTable} vteps { 192.168.64.28 }`,
    words: ["lab: nft table overlaynet-lab: 192.168.64.28 missing in vteps"],
  },
  {
    what: "a VTEP too many that may send",
    script: `nft add element ${rootTable} vteps { 192.168.64.99 }`,
    words: ["lab: nft table overlaynet-lab: 192.168.64.99 left over in vteps"],
  },
  ...["input", "output", "forward"].map((chain) => ({
    what: `the VTEP filter's rules at ${chain}`,
    script: `nft flush chain ${rootTable} ${chain}`,
    words: [`lab: nft table overlaynet-lab: rules of chain ${chain} changed`],
  })),
  {
    what: "a chain of the VTEP filter, gone",
    script: `nft delete chain ${rootTable} forward`,
    words: ["lab: nft table overlaynet-lab: chain forward missing"],
  },
  {
    what: "a chain of others in the VTEP filter",
    script: `nft add chain ${rootTable} own`,
    words: ["lab: nft table overlaynet-lab: chain own left over"],
  },
  {
    what: "the port filter, gone",
    script: `${inside} nft delete table ${portTable}`,
    words: ["lab: nft table overlaynet missing"],
  },
  {
    what: "the port filter's rules",
    script: `${inside} nft insert rule ${portTable} guarded accept`,
    words: ["lab: nft table overlaynet: rules of chain guarded changed"],
  },
  {
    what: "a port's guard, gone",
    script: `${inside} nft delete element ${portTable} ports { ${port} }`,
    words: [guarded],
  },
  {
    what: "a sender, gone",
    script: `${inside} nft delete element ${portTable} senders { ${port} . 02:42:07:07:07:02 . 7.7.7.2 }`,
    words: [guarded],
  },
  {
    what: "a sender too many",
    script: `${inside} nft add element ${portTable} senders { ${port} . 02:42:07:07:07:02 . 7.7.7.99 }`,
    words: [`red: nft table overlaynet: ${port} . 02:42:07:07:07:02 . 7.7.7.99 left over in senders`],
  },
];

const resolver = "overlaynet-resolver@lab.service";
const timer = "overlaynet-ensure@lab.timer";
const template = "/etc/systemd/system/overlaynet-ensure@.service";

const units: readonly HandChange[] = [
  ...[resolver, timer].flatMap((unit) => [
    {
      what: `${unit} disabled`,
      script: `systemctl disable --quiet ${unit}`,
      words: [`lab: ${unit} disabled, want enabled`],
    },
    { what: `${unit} stopped`, script: `systemctl stop ${unit}`, words: [`lab: ${unit} inactive, want active`] },
  ]),
  {
    what: "a template changed",
    script: `echo >> ${template}`,
    words: ["lab: unit overlaynet-ensure@.service changed"],
  },
  { what: "a template gone", script: `rm ${template}`, words: ["lab: unit overlaynet-ensure@.service missing"] },
  {
    what: "the resolver's configuration",
    script: "echo '{}' > /run/overlaynet/lab/resolver.json",
    words: ["lab: /run/overlaynet/lab/resolver.json is not what the overlay asks"],
  },
  {
    what: "the resolver's way into the namespace",
    script: "ln -sfn /run/netns/red /run/overlaynet/lab/netns",
    words: ["lab: /run/overlaynet/lab/netns does not lead to overns"],
  },
];

/** Every attribute that is managed on a host, each changed by hand. */
export const handChanges: readonly HandChange[] = [
  ...vxlan,
  ...bridge,
  ...namespaces,
  ...container,
  ...recordChanges,
  ...kernelEntries,
  ...filters,
  ...units,
];
