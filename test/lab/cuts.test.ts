import { expect } from "chai";
import type { Bag } from "@overlaynet/provider/engine";
import { containerKind } from "@overlaynet/provider/resource/container";
import { MemberResource } from "@overlaynet/provider/resource/member";
import { OverlayResource } from "@overlaynet/provider/resource/overlay";
import type { ResourceWork } from "@overlaynet/provider/resource-provider";
import { type Cut, CuttingProxy } from "../checks/cutting-proxy.js";
import { leftovers } from "../checks/leftovers.js";
import { Life } from "../checks/life.js";
import { enterOperatorNetwork, type ProviderProcess, startProvider } from "../checks/provider-process.js";
import { hostArguments } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot, until } from "../hosts/index.js";
import { checked } from "../unit/provider/samples.js";

/** What is done to a resource, by a provider process; `cut` says by which way the hosts are reached. */
type Deed = (services: ProviderProcess, cut: boolean) => Promise<void>;

/** The provider itself, against real hosts, its way to them cut after every message. The engine's part is played by Life. */
describe("a connection that breaks", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let leave: () => void;
  let proxy: CuttingProxy;
  let untouched: readonly Snapshot[];
  /** A provider process whose way is not cut. */
  let steady: ProviderProcess;
  /** That pass while an overlay is made on hosts without an agent. */
  let bytes = 0;
  const overlay = new Life((services) => new OverlayResource(services));
  const other = new Life((services) => new OverlayResource(services));
  const red = new Life((services): ResourceWork => new MemberResource(containerKind, services));

  before(async () => {
    lab = await Lab.up({ name: "cuts", hosts: 2 });
    // The first `ip netns add` leaves /run/netns mounted, which no one can avoid.
    for (const host of lab.hosts) await host.script("ip netns add first; ip netns del first");
    untouched = await snapshots(lab.hosts);
    leave = await enterOperatorNetwork(lab);
    proxy = await CuttingProxy.open(lab.hosts);
    steady = startProvider();
  });
  after(async () => {
    await steady.end();
    await proxy.close();
    leave();
    await Lab.down("cuts");
  });

  /** Hosts as a program names them: straight, or by way of the proxy. */
  function hosts(cut: boolean): Bag {
    const given = hostArguments(lab);
    if (!cut) return given;
    return Object.fromEntries(
      Object.entries(given).map(([name, { address, connection }]) => {
        const way = { host: "127.0.0.1", port: proxy.portOf(name), dialErrorLimit: 1 };
        return [name, { address, connection: { ...connection, ...way } }];
      }),
    );
  }

  const toOverlay: Deed = (services, cut) => overlay.up(services, checked.overlay({ hosts: hosts(cut) }));
  const toOther =
    (change: Bag = {}): Deed =>
    (services, cut) => {
      const own = { name: "other", vni: 43, cidr: "8.8.8.0/24", gateway: "8.8.8.1", hosts: hosts(cut) };
      return other.up(services, checked.overlay({ ...own, ...change }));
    };
  const toRed =
    (change: Bag = {}): Deed =>
    (services, cut) => {
      const overlayId = overlay.recorded?.id;
      return red.up(services, checked.container({ overlayId, ...change }, { hosts: hosts(cut) }));
    };
  /** The same, so that the state says the proxy's way: what a delete goes by. */
  const byProxy =
    (deed: Deed): Deed =>
    (services) =>
      deed(services, true);
  const gone =
    (life: Life): Deed =>
    (services) =>
      life.destroy(services);

  const state = async (): Promise<string> => (await Promise.all(lab.hosts.map(leftovers))).join("\n");
  const untilState = async (expected: string, when: string): Promise<void> => {
    let now = "";
    const same = async (): Promise<boolean> => (now = await state()) === expected;
    await until(when, same, { within: 10_000, every: 100 }, () => Promise.resolve(`is:\n${now}\nnot:\n${expected}`));
  };

  /** Does something in a provider process of its own, whose way to the hosts is cut. A failure has to be the cut's, and to name a host. Answers whether it was cut; afterwards it is not. */
  async function underCut(deed: Deed, cut: Cut, warm: boolean): Promise<boolean> {
    const services = startProvider();
    try {
      proxy.begin();
      if (warm) await openAll(services);
      proxy.begin(cut);
      await deed(services, true).catch((error: unknown) => {
        const { message } = error as Error;
        expect(proxy.hasCut && cut.stays, `failed without a reason: ${message}`).to.equal(true);
        expect(message).to.match(/^[ab] \(192\.168\.64\.2[78]\): /);
      });
      return proxy.hasCut;
    } finally {
      await services.end();
      proxy.begin();
    }
  }

  /** Logs in to all hosts and begins their sessions. */
  async function openAll(services: ProviderProcess): Promise<void> {
    const effort = { required: true, install: false, deadline: 30_000, say: () => undefined };
    for (const [name, host] of Object.entries(hosts(true))) {
      await services.fleet.open({ name, ...(host as { address: string }) }, effort);
    }
  }

  /**
   * For every k: does the deed with the way cut after k messages, then once more with a steady one. What came of it has to be what the deed makes undisturbed; undone, nothing of it may be left. When the cut one left
   * part of the deed, the same again, and all is deleted from there.
   */
  async function cutAfterEveryMessage(
    life: Life,
    deed: Deed,
    { back, destroy, warm }: { readonly back: Deed; readonly destroy?: Deed; readonly warm: boolean },
  ): Promise<{ readonly cuts: number; readonly partial: number }> {
    const before = await state();
    await deed(steady, false);
    const after = await state();
    await back(steady, false);
    await untilState(before, "undone without a cut");
    let partial = 0;
    for (let messages = 1; ; messages += 1) {
      const when = `after a cut after message ${messages}`;
      const recorded = JSON.stringify(life.recorded);
      if (!(await underCut(deed, { messages, stays: true }, warm))) {
        await back(steady, false);
        await untilState(before, "undone in the end");
        return { cuts: messages - 1, partial };
      }
      // Nothing was recorded, nothing is there: as if it had not been tried.
      if (JSON.stringify(life.recorded) === recorded && (await state()) === before) continue;
      partial += 1;
      await deed(steady, false);
      if (life.recorded !== undefined) expect(await life.drift(steady), `drift ${when}`).to.equal(undefined);
      await untilState(after, `done ${when}`);
      await back(steady, false);
      await untilState(before, `undone ${when}`);
      if (destroy === undefined) continue;
      await underCut(deed, { messages, stays: true }, warm);
      await life.destroy(steady);
      await destroy(steady, false);
      await untilState(before, `deleted ${when}`);
    }
  }

  it("begins with an overlay", async () => {
    await toOverlay(steady, false);
  });

  it("while a container is made, from the first message of logging in", async () => {
    const options = { back: gone(red), destroy: gone(red), warm: false };
    const { cuts, partial } = await cutAfterEveryMessage(red, toRed(), options);
    expect(cuts).to.be.at.least(20);
    expect(partial).to.be.at.least(1);
  });

  it("while a container is changed, moved, and deleted", async () => {
    await toRed()(steady, false);
    const options = { back: toRed(), destroy: toRed(), warm: true };
    expectCuts(await cutAfterEveryMessage(red, toRed({ ip: "7.7.7.22", mtu: 1400 }), options));
    expectCuts(await cutAfterEveryMessage(red, toRed({ host: "b" }), options));
    expectCuts(await cutAfterEveryMessage(red, gone(red), { back: byProxy(toRed()), warm: true }));
    await red.destroy(steady);
  });

  it("while an overlay is made, changed and deleted", async () => {
    expectCuts(await cutAfterEveryMessage(other, toOther(), { back: gone(other), destroy: gone(other), warm: true }));
    await toOther()(steady, false);
    const options = { back: toOther(), destroy: toOther(), warm: true };
    expectCuts(await cutAfterEveryMessage(other, toOther({ mtu: 1400, gateway: "8.8.8.254" }), options));
    expectCuts(await cutAfterEveryMessage(other, gone(other), { back: byProxy(toOther()), warm: true }));
    await other.destroy(steady);
  });

  it("once, and what was under way is done all the same", async () => {
    await toRed()(steady, false);
    for (let messages = 1, cut = true; cut; messages += 1) {
      cut = await underCut(toRed({ ip: "7.7.7.22" }), { messages, stays: false }, true);
      expect(await red.drift(steady)).to.equal(undefined);
      expect(red.recorded?.props).to.include({ ip: "7.7.7.22" }).and.not.have.any.keys("pending");
      await toRed()(steady, false);
    }
    await red.destroy(steady);
  });

  it("and leaves the hosts as they were", async () => {
    await overlay.destroy(steady);
    await steady.end();
    await expectUntouched(lab.hosts, untouched, "after it all");
  });

  it("is no different from a session whose agent another stack takes along: it is put there again", async () => {
    const [first, second] = [startProvider(), startProvider()];
    proxy.begin();
    await toOverlay(first, true);
    bytes = proxy.passed.bytes;
    await openAll(second);
    await overlay.destroy(first);
    await first.end();
    // The second one's session is still there, and what it was started from is not.
    for (const host of lab.hosts)
      expect((await host.ssh(["ls", "/usr/local/lib"])).stdout).not.to.contain("overlaynet");
    await toOther()(second, true);
    expect(await other.drift(second)).to.equal(undefined);
    await other.destroy(second);
    await second.end();
    await expectUntouched(lab.hosts, untouched, "after the second one's end");
  });

  const uploads = [
    { share: 0.02, again: false },
    { share: 0.3, again: true },
    { share: 0.6, again: false },
    { share: 0.9, again: true },
    { share: 0.99, again: false },
    { share: 0.999, again: true },
  ];
  for (const { share, again } of uploads) {
    const then = again ? "another up and a destroy" : "a destroy";
    it(`while the agent is put on hosts, after ${share * 100} % of the bytes: ${then} leaves nothing behind`, async () => {
      await underCut(toOverlay, { bytes: share * bytes, stays: true }, false);
      const last = startProvider();
      if (again) await toOverlay(last, false);
      await overlay.destroy(last);
      await last.end();
      await expectUntouched(lab.hosts, untouched, "after the destroy");
    });
  }
});

/** Requests and answers of two hosts were cut, and some cut left something to be finished; how many did is up to what the hosts had done by then. */
function expectCuts({ cuts, partial }: { readonly cuts: number; readonly partial: number }): void {
  expect(cuts).to.be.at.least(4);
  expect(partial).to.be.at.least(1);
}
