/*
 * libnetwork#2661: containers had the underlay's MTU, so that full packets did not fit into the tunnel and were lost in silence. Here bridge,
 * device and containers have 50 bytes less, and what is larger is refused where it is sent.
 */
import { expect } from "chai";
import { pink, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("libnetwork#2661: a packet of full size", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("arrives without fragmentation, and one more byte is refused by the sender itself", async () => {
    const { a } = scene();
    await scene().startBoth();
    const pinged = (payload: number): ReturnType<typeof a.exec> =>
      a.exec(a.container(red), ["ping", "-c", "2", "-i", "0.1", "-M", "do", "-s", `${payload}`, pink], {
        reject: false,
      });
    expect((await pinged(1450 - 28)).exitCode).to.equal(0);
    const { stdout, stderr, exitCode } = await pinged(1450 - 27);
    expect(exitCode).not.to.equal(0);
    expect(stdout + stderr).to.match(/message too long|mtu ?= ?1450/i);
  });
});
