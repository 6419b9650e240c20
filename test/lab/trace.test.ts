import { TraceDocument } from "@overlaynet/cli/document/trace";
import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob } from "../checks/topology.js";
import { Lab, until } from "../hosts/index.js";

/** Milliseconds for what a busy machine may need. */
const SOON = 30_000;

/** One way to break the path from red on a to pink on b, and where it has to be found. */
interface Break {
  readonly what: string;
  readonly on: "a" | "b";
  /** A script as root. */
  readonly broken: string;
  /** Puts it right again; nothing more than to let the host heal itself unless given. */
  readonly mended?: string;
  /** `host hop`, or the hops that are all true. */
  readonly hop: string;
  readonly cause: RegExp;
}

const stop = "systemctl stop overlaynet-resolver@lab\n";

/** Hosts heal themselves within a second: the resolver of the host is stopped first where it would. */
const breaks: readonly Break[] = [
  {
    what: "a wrong forwarding entry",
    on: "a",
    broken: `${stop}bridge -n overns fdb replace 02:42:07:07:07:03 dev vxlan1 self dst 192.168.64.99 permanent`,
    hop: "a forwarding",
    cause: /leads to 192\.168\.64\.99, want 192\.168\.64\.28/,
  },
  {
    what: "a missing neighbour of the VXLAN device",
    on: "a",
    broken: `${stop}ip -n overns neigh del 7.7.7.3 dev vxlan1`,
    hop: "a proxy",
    cause: /neighbour 7\.7\.7\.3 missing/,
  },
  {
    what: "a stale MAC in the container",
    on: "a",
    broken: "ip -n red neigh replace 7.7.7.3 lladdr 02:42:00:00:00:99 dev eth0 nud permanent",
    mended: "ip -n red neigh del 7.7.7.3 dev eth0",
    hop: "a neighbour",
    cause: /stale MAC: red sends to 02:42:00:00:00:99/,
  },
  {
    what: "a VXLAN device that is down",
    on: "a",
    broken: `${stop}ip -n overns link set vxlan1 down`,
    hop: "a device",
    cause: /vxlan1 down, want up/,
  },
  {
    what: "a bridge that is down",
    on: "b",
    broken: `${stop}ip -n overns link set br0 down`,
    hop: "b bridge",
    cause: /br0 down, want up/,
  },
  {
    what: "a port that is down",
    on: "b",
    broken: `${stop}ip -n overns link set vethO3 down`,
    hop: "b port",
    cause: /vethO3 down, want up/,
  },
  {
    what: "a container's device that is down",
    on: "b",
    broken: "ip -n pink link set eth0 down",
    mended: "systemctl start overlaynet-ensure@lab",
    hop: "b container",
    cause: /eth0 down, want up/,
  },
  {
    what: "a wrong MTU",
    on: "b",
    broken: `${stop}ip -n overns link set vxlan1 mtu 1300`,
    hop: "b device",
    cause: /vxlan1 mtu 1300, want 1450/,
  },
  {
    what: "a filtered UDP port",
    on: "b",
    broken:
      "nft 'add table inet wall; add chain inet wall in { type filter hook input priority 0; }; add rule inet wall in udp dport 4789 drop'",
    mended: "nft delete table inet wall",
    hop: "b loss",
    cause: /UDP port 4789 from 192\.168\.64\.27 to 192\.168\.64\.28 is dropped.*table inet wall, chain in/,
  },
  {
    what: "another VNI",
    on: "b",
    broken: `${stop}ip -n overns link del vxlan1
ip link add vxlan1 type vxlan id 43 dstport 4789 local 192.168.64.28 nolearning proxy l2miss l3miss
ip link set vxlan1 netns overns
ip -n overns link set vxlan1 master br0 up`,
    mended: "ip -n overns link del vxlan1\nsystemctl start overlaynet-resolver@lab",
    hop: "b device",
    cause: /vxlan1/,
  },
  {
    what: "a VXLAN device that is gone",
    on: "a",
    broken: `${stop}ip -n overns link del vxlan1`,
    hop: "a device",
    cause: /vxlan1 missing/,
  },
  {
    what: "a port that was taken off the bridge",
    on: "b",
    broken: `${stop}ip -n overns link set vethO3 nomaster`,
    hop: "b port",
    cause: /vethO3 master none, want br0/,
  },
  {
    what: "a port that is gone",
    on: "a",
    broken: `${stop}ip -n overns link del vethO2`,
    hop: "a container",
    cause: /eth0|vethO2/,
  },
  {
    what: "an address that is gone",
    on: "b",
    broken: "ip -n pink addr flush dev eth0",
    mended: "systemctl start overlaynet-ensure@lab",
    hop: "b container",
    cause: /address 7\.7\.7\.3\/24 missing/,
  },
  {
    what: "a namespace that is gone",
    on: "b",
    broken: "ip netns del pink",
    mended: "systemctl start overlaynet-ensure@lab",
    hop: "b container",
    cause: /namespace pink missing/,
  },
  {
    what: "rp_filter",
    on: "b",
    broken: `ip -n pink link add other0 type veth peer name other1
ip -n pink link set other0 up
ip -n pink route add 7.7.7.2/32 dev other0
ip netns exec pink sysctl -qw net.ipv4.conf.all.rp_filter=1`,
    mended: "ip netns exec pink sysctl -qw net.ipv4.conf.all.rp_filter=0\nip -n pink link del other0",
    hop: "b admission",
    cause: /rp_filter drops it/,
  },
  {
    what: "a route that leads elsewhere",
    on: "a",
    broken:
      "ip -n red link add other0 type veth peer name other1\nip -n red link set other0 up\nip -n red route add 7.7.7.3/32 dev other0",
    mended: "ip -n red link del other0",
    hop: "a route",
    cause: /by other0, want eth0/,
  },
  {
    what: "a host without a route to the other",
    on: "a",
    broken: "ip route add unreachable 192.168.64.28/32",
    mended: "ip route del unreachable 192.168.64.28/32",
    hop: "a underlay",
    cause: /no route to 192\.168\.64\.28: No route to host/,
  },
  {
    what: "learning, which overrules entries",
    on: "a",
    broken: `${stop}ip -n overns link set vxlan1 type vxlan learning`,
    hop: "a device",
    cause: /vxlan1 learning on, want off/,
  },
  {
    what: "a resolver that is dead",
    on: "a",
    broken: stop,
    hop: "a resolver",
    cause: /no resolver runs/,
  },
  {
    what: "a wrong record",
    on: "a",
    broken: `${stop}echo 192.168.64.99 > /var/lib/overlaynet/lab/records/fdb/02:42:07:07:07:03`,
    mended:
      "echo 192.168.64.28 > /var/lib/overlaynet/lab/records/fdb/02:42:07:07:07:03\nsystemctl start overlaynet-resolver@lab",
    hop: "a record",
    cause: /fdb\/02:42:07:07:07:03 is 192\.168\.64\.99, want 192\.168\.64\.28/,
  },
  {
    what: "a second device with the address",
    on: "a",
    broken: `ip netns add twin
ip -n overns link add vethtwin type veth peer name eth0 netns twin
ip -n overns link set vethtwin master br0 up
ip -n twin link set eth0 address 02:42:00:00:00:77 up
ip -n twin addr add 7.7.7.3/24 dev eth0
ip netns exec twin ping -c 1 -W 1 7.7.7.4 >/dev/null
ip -n red neigh replace 7.7.7.3 lladdr 02:42:00:00:00:77 dev eth0 nud reachable`,
    mended: "ip netns del twin\nip -n red neigh del 7.7.7.3 dev eth0",
    hop: "a neighbour",
    cause: /two have the address 7\.7\.7\.3: .* is behind vethtwin/,
  },
  {
    what: "a firewall in the container",
    on: "b",
    broken:
      "ip netns exec pink nft 'add table inet wall; add chain inet wall in { type filter hook input priority 0; policy drop; }'",
    mended: "ip netns exec pink nft delete table inet wall",
    hop: "b loss",
    cause: /pink gets them and does not answer; rules that drop are in table inet wall, chain in/,
  },
];

/** Each way to break a path is done for real, found at its hop, and mended. */
describe("overlaynet trace", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;

  before(async () => {
    lab = await Lab.up({ name: "trace", hosts: 2 });
    stack = await Stack.create(lab, "trace");
    await stack.declare(mainJob(lab));
    succeeded("up", await stack.up());
    // What the timer heals, within a minute, is to stay broken for as long as it is looked at.
    for (const host of lab.hosts) await host.script("systemctl stop overlaynet-ensure@lab.timer");
  });
  after(() => Lab.down("trace"));

  async function trace(...argv: string[]): Promise<{ exitCode: number | undefined; document: TraceDocument }> {
    const { exitCode, stdout, stderr } = await stack.overlaynet(["trace", ...argv, "--json"]);
    expect(stderr).to.equal("");
    return { exitCode, document: TraceDocument.parse(JSON.parse(stdout)) };
  }

  async function untilWell(): Promise<void> {
    let last = "";
    const well = async (): Promise<boolean> => {
      const { exitCode, document } = await trace("red", "pink");
      last = JSON.stringify(document, undefined, 2);
      return exitCode === 0;
    };
    await until("all is well", well, { within: SOON }, () => Promise.resolve(last));
  }

  it("finds nothing wrong where nothing is, and proves it", async () => {
    await untilWell();
    for (const [from, to] of [
      ["red", "pink"],
      ["pink", "7.7.7.2"],
      ["red", "green"],
    ] as const) {
      const { stdout, exitCode } = await stack.overlaynet(["trace", from, to]);
      expect(stdout).to.match(/^all well$/m);
      expect(stdout).to.match(/^✓ +full size +1450 bytes pass$/m);
      expect(stdout).to.match(/^✓ +TCP +port 9 answers that nobody listens/m);
      expect(exitCode).to.equal(0);
    }
  });

  for (const { what, on, broken, mended, hop, cause } of breaks) {
    it(`finds ${what}`, async () => {
      const host = lab.host(on);
      await host.script(broken);
      const { exitCode, document } = await trace("red", "pink");
      await host.script(mended ?? "systemctl start overlaynet-resolver@lab");
      const { first } = document;
      const found = `${first?.host ?? ""} ${first?.name ?? "nothing"}`;
      expect(found, JSON.stringify(document, undefined, 2)).to.equal(hop);
      expect(first?.cause).to.match(cause);
      expect(first?.mend).not.to.equal("");
      expect(exitCode).to.equal(1);
      await untilWell();
    });
  }

  it("says that a host does not answer, and what is known all the same", async () => {
    await lab.host("b").powerOff();
    const { exitCode, document } = await trace("red", "pink", "--timeout", "3");
    expect(exitCode).to.be.oneOf([1, 3]);
    expect(document.problems.map(({ host, kind }) => `${host} ${kind}`)).to.include("b unreachable");
    expect(document.proofs.find(({ kind }) => kind === "ping")).to.include({ ok: false });
  });
});
