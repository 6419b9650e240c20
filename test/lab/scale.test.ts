import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { stateSizes } from "../checks/state-size.js";
import type { Topology } from "../checks/topology.js";
import { type Host, Lab } from "../hosts/index.js";

/** Of each kind, since the host was made. */
interface Counts {
  /** Log-ins of the provider. */
  readonly logins: number;
  /** Agents that a provider started. */
  readonly agents: number;
  /** Processes of `ip` and `bridge`. */
  readonly tools: readonly string[];
}

/** Stands before the tools on the agent's PATH and notes what they are asked. */
const countTools = `
for tool in ip bridge; do
  printf '#!/bin/sh\\necho "%s $*" >> /run/tools\\nexec /usr/sbin/%s "$@"\\n' $tool $tool > /usr/local/sbin/$tool
  chmod 755 /usr/local/sbin/$tool
done
touch /run/tools`;

/** What many resources cost: counted, for seconds depend on what else a machine has to do. */
describe("the cost of many containers", function () {
  this.timeout(300_000);
  this.bail(true);

  const perHost = 12;
  let lab: Lab;
  let stack: Stack;

  before(async () => {
    lab = await Lab.up({ name: "scale", hosts: 2 });
    for (const host of lab.hosts) await host.script(countTools);
    stack = await Stack.create(lab, "scale");
    // By a user of its own, so that the provider's log-ins and agents can be told from the test's in the journal.
    await stack.configure({ "overlaynet:user": "vagrant", "overlaynet:privateKeyPath": lab.privateKeyPath });
  });
  after(() => Lab.down("scale"));

  function topology(containers: number): Topology {
    const hosts = Object.fromEntries(
      lab.hosts.map(({ name, address, hostKey }) => [name, { address, connection: { hostKey } }]),
    );
    const members = lab.hosts.flatMap(({ name }, place) =>
      Array.from({ length: containers }, (_, index) => {
        return [`${name}${index}`, { overlay: "lab", host: name, ip: `7.7.7.${10 + place * 100 + index}` }] as const;
      }),
    );
    return {
      overlays: { lab: { vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts } },
      containers: Object.fromEntries(members),
    };
  }

  async function count(host: Host): Promise<Counts> {
    const { stdout } = await host.script(`
      journalctl --sync
      journalctl --no-pager -o cat | grep -c 'Accepted publickey for vagrant' || test $? = 1
      journalctl --no-pager -o cat | grep -c 'COMMAND=/usr/local/bin/overlaynet session' || test $? = 1
      cat /run/tools`);
    const [logins, agents, ...tools] = stdout.split("\n");
    return { logins: Number(logins), agents: Number(agents), tools };
  }

  /** What a piece of work added to the counts of every host. */
  async function added(work: () => Promise<unknown>): Promise<Counts[]> {
    const before = await Promise.all(lab.hosts.map(count));
    await work();
    const after = await Promise.all(lab.hosts.map(count));
    return after.map(({ logins, agents, tools }, index) => {
      const { logins: hadLogins, agents: hadAgents, tools: hadTools } = before[index]!;
      return { logins: logins - hadLogins, agents: agents - hadAgents, tools: tools.slice(hadTools.length) };
    });
  }

  it("is an overlay with one log-in per host", async () => {
    await stack.declare(topology(0));
    for (const { logins } of await added(async () => succeeded("up", await stack.up()))) expect(logins).to.equal(1);
  });

  it("is one log-in and one agent per host, few batches, and at most three processes of ip per container", async () => {
    await stack.declare(topology(perHost));
    for (const { logins, agents, tools } of await added(async () => succeeded("up", await stack.up()))) {
      const all = tools.join("\n");
      expect(logins, "log-ins").to.equal(1);
      expect(agents, "agents").to.equal(1);
      const batches = tools.filter((line) => line.startsWith("ip -force -batch")).length;
      expect(batches, all).to.be.at.most(perHost - 2);
      const ip = tools.filter((line) => line.startsWith("ip "));
      console.log(`      ${perHost} containers of a host in ${batches} batches, ${ip.length} processes of ip`);
      expect(ip.length, all).to.be.at.most(3 * perHost);
      // One in its namespace, which makes it and shows it; what is done for a whole batch comes on top.
      expect(tools.filter((line) => /^ip -n [ab]\d+ /.test(line)).length, all).to.equal(perHost);
    }
  });

  it("keeps below 2 kB and 150 bytes for each host of a container in state", async () => {
    const sizes = stateSizes(await stack.export());
    expect(sizes).to.have.length(2 * perHost);
    const most = (which: "bytes" | "whole"): number => Math.max(...sizes.map((size) => size[which]));
    console.log(`      ${most("bytes")} bytes, ${most("whole")} with where they stand in the program`);
    expect(most("bytes")).to.be.at.most(2048 + 150 * lab.hosts.length);
  });

  it("opens no connection to see that nothing is to be done", async () => {
    const counts = await added(async () => {
      succeeded("preview", await stack.preview("--expect-no-changes"));
      succeeded("up", await stack.up("--expect-no-changes"));
    });
    expect(counts.map(({ logins }) => logins)).to.deep.equal([0, 0]);
  });

  it("shows a preview with every host down", async () => {
    await Promise.all(lab.hosts.map((host) => host.powerOff()));
    succeeded("preview of what is so already", await stack.preview("--expect-no-changes"));
    await stack.declare(topology(perHost + 1));
    const { output } = succeeded("preview of an edit", await stack.preview());
    expect(output).to.match(/\+ 2 to create/);
  });
});
