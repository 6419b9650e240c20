import { probe } from "@overlaynet/agent/operator/probe";
import { hostAt } from "@overlaynet/agent/reconcile/host";
import { DesiredStore } from "@overlaynet/agent/store/desired";
import { OperatorRequest } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { FakeRunner } from "../fake-runner.js";
import { container, desired, overlay, temporaryPaths } from "../fixtures.js";

describe("an agent's probes", () => {
  const { paths, remove } = temporaryPaths();
  const runner = new FakeRunner((line) => ({
    stdout: `1 packets transmitted, 0 received\nFrom 7.7.7.2 icmp_seq=1 ${line}`,
  }));
  const host = hostAt(paths, { runner });

  before(() => {
    const store = new DesiredStore(paths);
    const pink = container("pink", 3, { host: "b", vtep: "192.168.64.28" });
    for (const spec of [overlay(), container("red", 2), pink]) store.put(desired(spec));
  });
  after(remove);

  async function ask(request: object): Promise<unknown[]> {
    const parts: unknown[] = [];
    const asked = OperatorRequest.parse({ id: 1, op: "probe", overlay: "lab", ...request });
    if (asked.op !== "probe") throw new Error(asked.op);
    const to = { part: (part: unknown) => parts.push(part), signal: new AbortController().signal };
    const end = await probe(host, asked, to);
    return [...parts, end];
  }

  it("are pings in a container's namespace, told one address after the other", async () => {
    const [three, end] = await ask({ container: "red", targets: ["7.7.7.3"], count: 2, wait: 500 });
    const line = "ip netns exec red ping -n -c 2 -i 0.2 -W 0.5 7.7.7.3";
    expect(three).to.deep.include({ target: "7.7.7.3", sent: 1, received: 0, complaint: `7.7.7.2 says: ${line}` });
    expect(end).to.deep.equal({ targets: 1 });
    expect(await ask({ container: "red", targets: ["7.7.7.3", "7.7.7.4"] })).to.have.length(3);
  });

  it("go out of no container that is elsewhere, and not faster than everybody may", async () => {
    const failure = await ask({ container: "pink", targets: ["7.7.7.2"] }).catch((error: unknown) => String(error));
    expect(failure).to.contain('container "pink" of overlay "lab" is not on this host');
    const fast = await ask({ container: "red", targets: ["7.7.7.3"], interval: 1 }).catch((error: unknown) =>
      String(error),
    );
    expect(fast).to.contain("interval");
  });
});
