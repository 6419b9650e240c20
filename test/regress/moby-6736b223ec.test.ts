/*
 * moby 6736b223ec: a netlink socket without a time limit blocked for ever on an answer that did not come; with one, the watcher took the passing of
 * time for an error and ended. Here notices are polled for, and a request that ran out of time is a reason to compare again, nothing more.
 */
import { bytesOfIp } from "@overlaynet/agent/entries/index";
import { NetlinkError } from "@overlaynet/agent/netlink/index";
import { expect } from "chai";
import { errno } from "../unit/agent/entries/fault.js";
import { missOf } from "../unit/agent/entries/fake-kernel.js";
import { config } from "../unit/core/resolver/samples.js";
import { number, World } from "../unit/agent/resolver/world.js";

describe("moby 6736b223ec: a request to the kernel that runs out of time", () => {
  it("leaves the resolver as it was, and the next comparison does the work", () => {
    const world = new World();
    const resolver = world.start(config);
    world.kernel.plan.push({ fails: errno.ETIMEDOUT, after: 0 });
    expect(() => resolver.sync("start")).to.throw(NetlinkError);
    expect(resolver.sync("retry")).to.include({ failed: 0, neighbours: 1, forwarding: 1 });
    expect(world.stops).to.deep.equal([]);
  });

  it("while a miss is answered is tried again, and the resolver lives", () => {
    const world = new World();
    const resolver = world.start({ ...config, resolve: "miss" });
    world.kernel.plan.push({ fails: errno.ETIMEDOUT, after: 0 });
    resolver.handle(missOf({ destination: bytesOfIp(number.pink) }));
    resolver.answer(0);
    expect(world.wanted).to.deep.equal(["retry"]);
    resolver.handle(missOf({ destination: bytesOfIp(number.pink) }));
    resolver.answer(5000);
    expect(resolver.counters.misses.get("l3 answered")).to.equal(1);
    expect(world.stops).to.deep.equal([]);
  });
});
