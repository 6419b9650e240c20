import { readdirSync } from "node:fs";
import { join } from "node:path";
import { macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { type Edit, programTest, shortProgramTest } from "../checks/program-test.js";
import { Stack } from "../checks/stack.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { type Host, Lab, type PeerRecord, type Snapshot } from "../hosts/index.js";

const checkout = join(__dirname, "..", "..", "..");

interface Example {
  readonly configure: (lab: Lab) => Record<string, string>;
  readonly check: (lab: Lab) => Promise<void>;
  /** Absent: what is special about it is seen after its first up, and it goes the short way. */
  readonly edits?: (lab: Lab) => readonly Edit[];
}

/** A folder of records that was there before, as the hand-made version kept it, and whom it names: two of a person's records are all that it holds. */
const existing = { folder: "/overlaynet/storage", ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" };

/** A folder with the records of so many endpoints, behind a VTEP that nobody has. */
const large = { folder: "/overlaynet/large", records: 5000, vtep: "192.168.64.50" };

/** What hosts hold before any example: folders of records. */
const writeRecords = `
  mkdir -p ${existing.folder}/arp ${existing.folder}/fdb ${large.folder}/arp ${large.folder}/fdb
  echo ${existing.mac} > ${existing.folder}/arp/${existing.ip}
  echo ${existing.vtep} > ${existing.folder}/fdb/${existing.mac}
  for ((i = 0; i < ${large.records}; i++)); do
    printf -v mac 02:42:0a:40:%02x:%02x $((16 + i / 250)) $((i % 250 + 1))
    echo "$mac" > ${large.folder}/arp/10.64.$((16 + i / 250)).$((i % 250 + 1))
    echo ${large.vtep} > "${large.folder}/fdb/$mac"
  done`;

async function expectPing(host: Host, namespace: string, address: string): Promise<void> {
  await host.ssh(["ip", "netns", "exec", namespace, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", address]);
}

async function namespacesOf(host: Host): Promise<string[]> {
  const { stdout } = await host.ssh(["ls", "/run/netns"]);
  return stdout.split("\n").filter((name) => name !== "");
}

async function neighboursOf(host: Host, namespace: string): Promise<string[]> {
  const { stdout } = await host.ssh(["ip", "-n", namespace, "neigh", "show", "dev", "vxlan1", "nud", "permanent"]);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ")[0] ?? ""]));
}

/** The containers of the example's hosts, as an endpoint outside has to be told of them. */
function peersOf(lab: Lab, addresses: readonly string[]): PeerRecord[] {
  return lab.hosts.map(({ address }, index) => {
    const ip = parseIp(addresses[index]);
    return { ip, mac: macOfIp(ip), vtep: address };
  });
}

function byName(lab: Lab): Record<string, string> {
  return Object.fromEntries(
    lab.hosts.flatMap(({ name, address, hostKey }) => [
      [`hosts.${name}.address`, address],
      [`hosts.${name}.hostKey`, hostKey],
    ]),
  );
}

const examples: Readonly<Record<string, Example>> = {
  "two-hosts": {
    configure: byName,
    check: async (lab) => {
      await expectPing(lab.host("a"), "red", "7.7.7.3");
      await expectPing(lab.host("b"), "pink", "7.7.7.4");
    },
    edits: (lab) => [
      {
        what: "the endpoint moved",
        configure: { "printer.ip": "7.7.7.10", "printer.mac": "02:42:c0:a8:00:05", "printer.vtep": "192.168.64.41" },
        check: async () => {
          const { stdout } = await lab.host("b").ssh(["bridge", "-n", "overns", "fdb", "show", "dev", "vxlan1"]);
          expect(stdout).to.contain("02:42:c0:a8:00:05 dst 192.168.64.41").and.not.to.contain("02:42:c0:a8:00:04");
        },
      },
    ],
  },
  "hosts-from-a-list": {
    configure: (lab) =>
      Object.fromEntries(
        lab.hosts.flatMap(({ name, address, hostKey }, index) => [
          [`hosts[${index}].name`, name],
          [`hosts[${index}].address`, address],
          [`hosts[${index}].hostKey`, hostKey],
        ]),
      ),
    check: (lab) => expectPing(lab.host("a"), "a-1", "10.100.2.3"),
    edits: (lab) => [
      {
        what: "a container more on each",
        configure: { containers: "3" },
        check: () => expectPing(lab.host("b"), "b-3", "10.100.1.4"),
      },
      {
        what: "two fewer on each",
        configure: { containers: "1" },
        check: async () => {
          expect(await namespacesOf(lab.host("b"))).to.have.members(["b-1", "overns-100"]);
          await expectPing(lab.host("b"), "b-1", "10.100.1.2");
        },
      },
    ],
  },
  "existing-records": {
    configure: (lab) => ({ ...byName(lab), "trustedVteps[0]": existing.vtep }),
    check: async (lab) => {
      const { ip, mac, vtep } = existing;
      const peers = peersOf(lab, ["7.7.7.2", "7.7.7.3"]);
      const endpoint = await lab.endpoint({ vni: 42, ip: `${ip}/24`, mac, address: vtep, peers });
      try {
        await expectPing(lab.host("a"), "web-a", ip);
        await expectPing(lab.host("b"), "web-b", ip);
      } finally {
        await endpoint.remove();
      }
      await expectPing(lab.host("a"), "web-a", "7.7.7.3");
      const { stdout } = await lab.host("a").ssh(["ls", `${existing.folder}/arp`]);
      expect(stdout.split("\n")).to.have.members(["7.7.7.2", "7.7.7.3", ip]);
    },
  },
  "external-vtep": {
    configure: (lab) => ({
      ...byName(lab),
      "external.vtep": "192.168.64.41",
      "external.endpoints.scanner.ip": "10.30.0.9",
      "external.endpoints.scanner.mac": "02:42:c0:a8:00:1e",
    }),
    check: async (lab) => {
      const peers = peersOf(lab, ["10.30.0.2", "10.30.0.3"]);
      const endpoint = await lab.endpoint({
        name: "scanner",
        address: "192.168.64.41",
        vni: 300,
        ip: "10.30.0.9/24",
        mac: "02:42:c0:a8:00:1e",
        peers,
      });
      try {
        await expectPing(lab.host("a"), "app-a", "10.30.0.9");
        await endpoint.exec(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "10.30.0.3"]);
      } finally {
        await endpoint.remove();
      }
    },
  },
  "large-table": {
    configure: (lab) => ({ ...byName(lab), storage: large.folder }),
    check: async (lab) => {
      const host = lab.host("a");
      expect(await neighboursOf(host, "overns-700"), "before anybody asks").to.deep.equal([]);
      await expectPing(host, "meter-a", "10.64.0.3");
      const asked = "10.64.20.7";
      await host.ssh(["ip", "netns", "exec", "meter-a", "ping", "-n", "-c", "1", "-W", "1", asked], { reject: false });
      expect(await neighboursOf(host, "overns-700"), "what was asked for").to.have.members(["10.64.0.3", asked]);
      const { stdout } = await host.ssh(["bridge", "-n", "overns-700", "fdb", "show", "dev", "vxlan1"]);
      expect(stdout).to.contain(`02:42:0a:40:14:07 dst ${large.vtep}`);
    },
  },
  "many-overlays": {
    configure: byName,
    check: async (lab) => {
      await expectPing(lab.host("a"), "acme-a", "10.0.0.3");
      await expectPing(lab.host("b"), "umbrella-b", "10.0.0.2");
    },
    edits: (lab) => [
      {
        what: "a tenant gone",
        configure: { "tenants[0]": "acme" },
        check: async () => {
          expect(await namespacesOf(lab.host("a"))).to.have.members(["acme-a", "overns-500"]);
          await expectPing(lab.host("a"), "acme-a", "10.0.0.3");
        },
      },
    ],
  },
};

describe("every example, through all that users do with a program", function () {
  this.timeout(300_000);

  let lab: Lab;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "examples", hosts: 2 });
    await Promise.all(lab.hosts.map((host) => host.script(writeRecords)));
    untouched = await snapshots(lab.hosts);
  });
  after(() => Lab.down("examples"));

  it("has its test", () => {
    const folders = readdirSync(join(checkout, "examples"), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(folders.map(({ name }) => name)).to.have.members(Object.keys(examples));
  });

  for (const [name, { configure, check, edits }] of Object.entries(examples)) {
    it(name, async () => {
      const stack = await Stack.of(lab, name, join(checkout, "examples", name, "dist", "index.js"));
      await stack.configure({ "overlaynet:privateKeyPath": lab.privateKeyPath, ...configure(lab) });
      if (edits === undefined) await shortProgramTest(stack, () => check(lab));
      else await programTest(stack, () => check(lab), edits(lab));
      await expectUntouched(lab.hosts, untouched, "after destroy");
    });
  }
});
