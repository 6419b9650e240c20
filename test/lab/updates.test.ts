import { expect } from "chai";
import { underFlows } from "../checks/flows.js";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings, members } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { hostArguments, mainJob, type Topology } from "../checks/topology.js";
import { Lab } from "../hosts/index.js";

/** In-place changes, each under flows of containers that it is not about: a ping every 10 ms, of which none may be lost. */
describe("an update in place, on three hosts", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;

  before(async () => {
    lab = await Lab.up({ name: "updates", hosts: 3 });
    stack = await Stack.create(lab, "updates");
    topology = mainJob(lab, { hosts: hostArguments(lab, ["a", "b"]) });
    await stack.declare(topology);
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology, { count: 1 });
  });
  after(() => Lab.down("updates"));

  function overlay(change: Record<string, unknown>): Topology {
    return { ...topology, overlays: { lab: { ...topology.overlays["lab"]!, ...change } } };
  }

  function containers(change: Topology["containers"]): Topology {
    return { ...topology, containers: { ...topology.containers, ...change } };
  }

  const changes: readonly (readonly [what: string, change: () => Topology])[] = [
    ["a host added", () => overlay({ hosts: hostArguments(lab) })],
    ["a container added there", () => containers({ blue: { overlay: "lab", host: "c", ip: "7.7.7.5" } })],
    ["its address and MAC", () => containers({ blue: { overlay: "lab", host: "c", ip: "7.7.7.6" } })],
    ["its MAC", () => containers({ blue: { overlay: "lab", host: "c", ip: "7.7.7.6", mac: "02:42:c0:a8:00:04" } })],
    ["the MTU", () => overlay({ mtu: 1400 })],
    ["the gateway", () => overlay({ gateway: "7.7.7.254" })],
    ["learning on", () => overlay({ learning: true })],
    ["learning off", () => overlay({ learning: false })],
    ['resolve: "miss"', () => overlay({ resolve: "miss" })],
    ['resolve: "push"', () => overlay({ resolve: "push" })],
    ["the storage folder", () => overlay({ storage: "/overlaynet/storage" })],
    ["the network widened", () => overlay({ cidr: "7.7.0.0/16" })],
    [
      "a host and its containers removed in one edit",
      () => {
        const { blue: _blue, ...rest } = topology.containers;
        return { ...overlay({ hosts: hostArguments(lab, ["a", "b"]) }), containers: rest };
      },
    ],
  ];
  for (const [what, change] of changes) {
    it(`loses nothing of others: ${what}`, async () => {
      const next = change();
      await stack.declare(next);
      const red = members(lab, topology).find(({ name }) => name === "red")!;
      const lost = await underFlows(red, ["7.7.7.3", "7.7.7.4"], async () => {
        const { output } = succeeded("up", await stack.up());
        expect(output).not.to.match(/\(replace\)|\+-/);
      });
      topology = next;
      expect(lost).to.eql(["7.7.7.3 lost 0", "7.7.7.4 lost 0"]);
    });
  }

  it("leaves all as the program says", async () => {
    await expectEveryPairPings(lab, topology, { count: 1 });
    await expectNoChange(stack);
  });

  it("keeps what is renamed in the program, by aliases", async () => {
    const names = async (): Promise<string> => (await lab.host("a").script("ls -i /run/netns")).stdout;
    const before = await names();
    const { red, ...rest } = topology.containers;
    topology = {
      ...topology,
      containers: { ...rest, crimson: { ...red!, name: "red" } },
      aliases: { crimson: "red" },
    };
    await stack.declare(topology);
    const { output } = succeeded("up", await stack.up());
    expect(output).not.to.match(/\(create\)|\(delete\)|\(replace\)/);
    expect(await names()).to.equal(before);
    await expectNoChange(stack);
  });

  it("lets a container take another's place and address in one up, when the program says so by aliases", async () => {
    const { pink, ...rest } = topology.containers;
    const next = { ...topology, containers: { ...rest, teal: pink! } };
    await stack.declare(next);
    const { ok, output } = await stack.up();
    expect(ok).to.equal(false);
    expect(output).to.match(
      /address 7\.7\.7\.3 in overlay "lab" is taken by container "pink" .*aliases: \[\{ name: "pink" \}\]/,
    );
    topology = { ...next, aliases: { ...topology.aliases, teal: "pink" } };
    await stack.declare(topology);
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology, { count: 1 });
    await expectNoChange(stack);
  });

  it("shifts the addresses of a row of containers by one", async () => {
    const row = (first: number): Topology["containers"] =>
      Object.fromEntries(
        Array.from({ length: 6 }, (_, index) => {
          const ip = `7.7.7.${first + index}`;
          return [`row${index}`, { overlay: "lab", host: index % 2 === 0 ? "a" : "b", ip }];
        }),
      );
    const others = topology;
    topology = { ...others, containers: { ...others.containers, ...row(20) } };
    await stack.declare(topology);
    succeeded("up", await stack.up());
    topology = { ...others, containers: { ...others.containers, ...row(21) } };
    await stack.declare(topology);
    succeeded("up", await stack.up());
    const all = members(lab, { ...topology, containers: row(21) });
    const [first] = all;
    for (const to of all.slice(1))
      expect((await first!.exec(["ping", "-c", "1", "-W", "2", to.ip])).exitCode).to.equal(0);
    await expectNoChange(stack);
  });
});
