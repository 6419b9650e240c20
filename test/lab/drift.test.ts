import { expect } from "chai";
import type { StatusDocument, StatusOverlay } from "@overlaynet/cli/document/status";
import type { Desired } from "@overlaynet/core";
import { targetOf } from "@overlaynet/core";
import { expectNoChange, RECORDS, untilEveryPairPings } from "../checks/main-job.js";
import { expectEveryPairPings, tables } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob, type Topology } from "../checks/topology.js";
import { type Host, Lab, until } from "../hosts/index.js";
import { AgentSession } from "./agent-session.js";
import { handChanges, prelude } from "./drift-changes.js";

/** Milliseconds within which a host has mended what it mends by itself, on a busy machine. */
const MENDED = 30_000;

/** A host as it is while nothing mends itself there: its units run, the timer only tomorrow, and in the resolver's place something that waits. */
const mask = `
dropin() { mkdir -p "/run/systemd/system/$1.d"; cat > "/run/systemd/system/$1.d/test.conf"; }
dropin overlaynet-ensure@.timer <<< $'[Timer]\\nOnActiveSec=\\nOnUnitInactiveSec=\\nOnActiveSec=1d'
dropin overlaynet-resolver@.service <<< $'[Service]\\nType=exec\\nExecStart=\\nExecStart=/bin/sleep infinity\\nWatchdogSec=0'
systemctl daemon-reload
systemctl restart overlaynet-ensure@lab.timer overlaynet-resolver@lab.service`;

/** The resolver as it comes; the timer still only tomorrow. */
const unmask = `
rm /run/systemd/system/overlaynet-resolver@.service.d/test.conf
systemctl daemon-reload
systemctl restart overlaynet-resolver@lab.service`;

/** The timer every second. */
const often = `
sed -i 's/^OnActiveSec=1d/OnActiveSec=1s\\nOnUnitInactiveSec=1s\\nAccuracySec=10ms/' /run/systemd/system/overlaynet-ensure@.timer.d/test.conf
systemctl daemon-reload
systemctl restart overlaynet-ensure@lab.timer`;

const DESIRED = "/var/lib/overlaynet/lab/desired";

/** What is changed by hand is named: by the host for every attribute, by the engine for what a refresh finds; and it is mended, by the host itself or by `up`. */
describe("drift", function () {
  this.timeout(300_000);
  this.bail(false);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let host: Host;
  let session: AgentSession;
  /** The desired files of host a, by resource. */
  let desired: ReadonlyMap<string, Desired>;

  before(async () => {
    lab = await Lab.up({ name: "drift", hosts: 2 });
    host = lab.host("a");
    stack = await Stack.create(lab, "drift");
    const job = mainJob(lab);
    topology = {
      ...job,
      containers: { ...job.containers, red: { overlay: "lab", host: "a", ip: "7.7.7.2", gateway: true } },
      neighEntries: { printer: { overlay: "lab", ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" } },
    };
    await stack.declare(topology);
    succeeded("up", await stack.up());
    const { stdout } = await host.script(`cat ${DESIRED}/*.json | tr -d '\\n' | sed 's/}{/}\\n{/g'`);
    const files = stdout.split("\n").map((text) => JSON.parse(text) as Desired);
    desired = new Map(files.map((file) => [file.owner.resource, file]));
    await Promise.all(lab.hosts.map((one) => one.script(mask)));
    session = new AgentSession(lab, host);
  });
  after(async () => {
    await session.end();
    await Lab.down("drift");
  });

  async function ask<T>(requests: readonly object[]): Promise<T[]> {
    const answers = await session.ask(requests);
    return answers.map((answer) => {
      if (!answer.ok) throw new Error(JSON.stringify(answer.error));
      return answer.result as T;
    });
  }

  /** What a comparison says, each line after its resource. */
  async function drift(): Promise<string[]> {
    const all = [...desired];
    const reads = all.map(([, { owner, spec }]) => ({ op: "read", owner, target: targetOf(spec) }));
    const answers = await ask<{ found: boolean; drift: string[] }>(reads);
    return answers.flatMap(({ found, drift: words }, index) => {
      const resource = all[index]![0];
      return found ? words.map((word) => `${resource}: ${word}`) : [`${resource}: not found`];
    });
  }

  async function mend(): Promise<void> {
    await ask(
      [...desired.values()].map(({ owner, generation, spec }) => ({
        op: "apply",
        owner,
        generation,
        spec,
        adopt: false,
      })),
    );
  }

  /** What the host says; it ends with 1 while something is wrong, which is so here. */
  async function status(): Promise<StatusOverlay> {
    const { stdout } = await host.ssh(["overlaynet", "status", "--json"], { reject: false });
    return (JSON.parse(stdout) as StatusDocument).hosts[0]!.overlays[0]!;
  }

  const repaired = async (): Promise<StatusOverlay["repaired"]> => (await status()).repaired;

  it("is not there when nobody changed anything", async () => {
    expect(await drift()).to.deep.equal([]);
  });

  for (const { what, script, words, follows } of handChanges) {
    it(`of ${what} is named, and mended`, async () => {
      await host.script(prelude + script);
      const said = await drift();
      await mend();
      const after = await drift();
      expect(said).to.include.members([...words]);
      const rest = said.filter((line) => !words.includes(line) && follows?.test(line) !== true);
      expect(rest, "said of what was not changed").to.deep.equal([]);
      expect(after, "after it was mended").to.deep.equal([]);
    });
  }

  it("of kernel entries is mended by the resolver, and counted", async () => {
    await host.script(unmask);
    await until("the resolver runs", async () => (await repaired()).entries === 0, { within: MENDED }, evidence);
    await host.script(`
      ip -n overns neigh del 7.7.7.3 dev vxlan1
      ip -n overns neigh replace 7.7.7.9 lladdr 02:00:00:00:00:07 nud permanent dev vxlan1
      bridge -n overns fdb del 02:42:07:07:07:03 dev vxlan1 self
      bridge -n overns fdb replace 02:42:c0:a8:00:09 dev vxlan1 self permanent dst 192.168.64.99`);
    await untilMended(async () => ((await repaired()).entries ?? 0) >= 4);
  });

  for (const [what, script] of [
    ["a device", "ip -n overns link del vxlan1"],
    ["the overlay's namespace", "ip netns del overns"],
  ] as const) {
    it(`of ${what} that went is mended because the resolver notices, and counted`, async () => {
      const { structure } = await repaired();
      await host.script(script);
      await untilMended(async () => (await repaired()).structure > structure);
    });
  }

  it("of what the resolver cannot see is mended by a timer, and counted", async () => {
    const { structure } = await repaired();
    await host.script(`
      ip -n overns link set vxlan1 mtu 1400
      ip -n overns link set br0 down
      ip -n red link set eth0 mtu 1300 address 02:00:00:00:00:03
      ip -n red link set lo down
      ip -n red route del default
      bridge -n overns fdb del 02:42:07:07:07:02 dev vethO2 master
      rm ${RECORDS}/arp/7.7.7.9
      ip netns del green
      ${often}`);
    await untilMended(async () => (await repaired()).structure >= structure + 9);
    const { stdout } = await host.script("journalctl --no-pager -o cat -u overlaynet-ensure@lab.service");
    expect(stdout).to.include("repaired: red: eth0 mtu 1300, want 1450");
  });

  /** Until a comparison finds nothing, and what `counted` says. */
  async function untilMended(counted: () => Promise<boolean>): Promise<void> {
    const mended = async (): Promise<boolean> => (await drift()).length === 0 && (await counted());
    await until("it is mended and counted", mended, { within: MENDED }, evidence);
  }

  async function evidence(): Promise<string> {
    return [await tables(host), ...(await drift()), JSON.stringify(await status())].join("\n");
  }

  it("that nothing mends is named by refresh and preview, and mended by up", async () => {
    await Promise.all(lab.hosts.map((one) => one.script(mask)));
    const b = lab.host("b");
    // Somebody asks the host for something else than the program does; what is done for that mends what is broken already.
    const pink = JSON.parse((await b.ssh(["cat", `${DESIRED}/container-pink.json`])).stdout) as Desired;
    const other = new AgentSession(lab, b);
    const spec = { ...pink.spec, mtu: 1300 };
    const request = { op: "apply", owner: pink.owner, generation: pink.generation + 1, spec, adopt: false };
    expect(await other.ask([request])).to.have.nested.property("[0].ok", true);
    await other.end();
    await host.script(`
      ip -n overns link set vxlan1 mtu 1400
      ip -n red link set eth0 address 02:00:00:00:00:03
      ip netns del green
      echo 02:00:00:00:00:04 > ${RECORDS}/arp/7.7.7.9
      systemctl disable --quiet overlaynet-resolver@lab.service`);
    await b.script(`
      ip -n overns address del 7.7.7.1/24 dev br0
      ip -n pink link set eth0 down
      rm ${RECORDS}/arp/7.7.7.2
      systemctl stop overlaynet-ensure@lab.timer`);
    const found = [
      ["lab", "a", "vxlan1 mtu 1400, want 1450"],
      ["lab", "a", "overlaynet-resolver@lab.service disabled, want enabled"],
      ["lab", "b", "br0 address 7.7.7.1/24 missing"],
      ["lab", "b", "overlaynet-ensure@lab.timer inactive, want active"],
      ["red", "a", "red: eth0 mac 02:00:00:00:00:03, want 02:42:07:07:07:02"],
      ["red", "b", "record arp/7.7.7.2 missing, want 02:42:07:07:07:02"],
      ["green", "a", "namespace green missing"],
      ["pink", "b", "the host was asked for mtu 1300, want 1450"],
      ["printer", "a", 'record arp/7.7.7.9 is "02:00:00:00:00:04", want 02:42:c0:a8:00:09'],
    ] as const;
    const refreshed = succeeded("refresh", await stack.refresh()).output;
    const previewed = succeeded("preview", await stack.preview()).output;
    for (const [resource, on, words] of found) {
      expect(said(refreshed, resource, "+", on), `refresh of ${resource}`).to.include(words);
      expect(said(previewed, resource, "-", on), `preview of ${resource}`).to.include(words);
    }
    succeeded("up", await stack.up());
    await expectNoChange(stack);
    await expectEveryPairPings(lab, topology, { count: 1 });
  });

  it("cannot be told on a host that does not answer: an error names it, and nothing is forgotten", async () => {
    const before = await resources();
    await lab.host("b").powerOff();
    const refreshed = await stack.refresh();
    expect(refreshed.ok).to.equal(false);
    expect(refreshed.output).to.match(/b \(192\.168\.64\.28\): connect: /);
    expect(await resources()).to.deep.equal(before);
    await lab.host("b").powerOn();
    await untilEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  async function resources(): Promise<unknown> {
    const { deployment } = JSON.parse(await stack.export()) as { deployment: { resources: object[] } };
    return deployment.resources;
  }
});

/** What the engine's output says of a resource's drift on a host, after a sign: `+` where it was found, `-` where it is to go. */
function said(output: string, resource: string, sign: "+" | "-", on: string): string {
  const [, rest = ""] = output.split(new RegExp(`::${resource}\\]`));
  const [block = ""] = rest.split("[urn=");
  const [, drift = ""] = block.split(`${sign} drift`);
  const line = new RegExp(`\\${sign} ${on}\\s*: (".*")$`, "m").exec(drift)?.[1];
  if (line === undefined) throw new Error(`nothing of host ${on} in what is said of ${resource}: ${block}`);
  return JSON.parse(line) as string;
}
