import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Edit, programTest } from "../checks/program-test.js";
import { Stack } from "../checks/stack.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { type Host, Lab, type Snapshot } from "../hosts/index.js";

const checkout = join(__dirname, "..", "..", "..");

interface Example {
  readonly configure: (lab: Lab) => Record<string, string>;
  readonly check: (lab: Lab) => Promise<void>;
  readonly edits: (lab: Lab) => readonly Edit[];
}

async function expectPing(host: Host, namespace: string, address: string): Promise<void> {
  await host.ssh(["ip", "netns", "exec", namespace, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", address]);
}

async function namespacesOf(host: Host): Promise<string[]> {
  const { stdout } = await host.ssh(["ls", "/run/netns"]);
  return stdout.split("\n").filter((name) => name !== "");
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
  tenants: {
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
    untouched = await snapshots(lab.hosts);
  });
  after(() => Lab.down("examples"));

  it("has its test", () => {
    expect(readdirSync(join(checkout, "examples"))).to.have.members(Object.keys(examples));
  });

  for (const [name, { configure, check, edits }] of Object.entries(examples)) {
    it(name, async () => {
      const stack = await Stack.of(lab, name, join(checkout, "examples", name, "dist", "index.js"));
      await stack.configure({ "overlaynet:privateKeyPath": lab.privateKeyPath, ...configure(lab) });
      await programTest(stack, () => check(lab), edits(lab));
      await expectUntouched(lab.hosts, untouched, "after destroy");
    });
  }
});
