import { bytesOfIp, bytesOfMac } from "@overlaynet/agent/entries/index";
import { AF, NTF, RTM } from "@overlaynet/agent/netlink/index";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import { expect } from "chai";
import fc from "fast-check";
import { configs, step, World } from "./history.js";

const histories = fc.array(step, { minLength: 20, maxLength: 100 });
/** What may happen where nobody but the resolver writes entries. */
const undisturbed = fc.array(
  step.filter((happening) => /^(record|l3|l2|sync|hear|restart)/.test(happening.do)),
  { minLength: 10, maxLength: 60 },
);

describe("the resolver, whatever happens", () => {
  it("leaves the kernel as the records want it, and no MAC of this host leading outside", () => {
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        for (const happening of history) world.take(happening);
        world.settle();
        world.check();
      }),
      { numRuns: 500 },
    );
  });

  it("touches nothing foreign that no record names", () => {
    const strange = {
      ip: ipToNumber(parseIp("7.7.7.200")),
      mac: macToNumber(parseMac("02:99:00:00:00:01")),
      vtep: ipToNumber(parseIp("192.168.64.99")),
    };
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        const { kernel } = world;
        kernel.byHand(RTM.NEWNEIGH, { destination: bytesOfIp(strange.ip), linkAddress: bytesOfMac(strange.mac) });
        const linkAddress = bytesOfMac(strange.mac);
        const entry = { family: AF.BRIDGE, flags: NTF.SELF, linkAddress, destination: bytesOfIp(strange.vtep) };
        kernel.byHand(RTM.NEWNEIGH, entry);
        const before = world.entries();
        for (const happening of history) world.take(happening);
        world.settle();
        const after = world.entries();
        // A device that goes down loses all its neighbours, whoever wrote them.
        const wentDown = history.some((happening) => happening.do === "flap");
        const expected = wentDown ? undefined : before.neighbours.get(strange.ip);
        expect(after.neighbours.get(strange.ip)).to.deep.equal(expected);
        expect(after.forwarding.get(strange.mac)).to.deep.equal(before.forwarding.get(strange.mac));
      }),
      { numRuns: 200 },
    );
  });

  it("changes nothing when nothing happened since", () => {
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        for (const happening of history) world.take(happening);
        world.settle();
        const { changes } = world.kernel;
        world.take({ do: "restart" });
        world.settle();
        expect(world.kernel.changes).to.equal(changes);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves, of what it hears of record by record, nothing for comparing everything to change", () => {
    fc.assert(
      fc.property(configs, undisturbed, (with_, history) => {
        const world = new World(with_);
        for (const happening of history) {
          world.take(happening);
          if (happening.do === "restart") world.settle();
        }
        const heard = world.hear();
        world.check();
        const { added, changed, removed, neighbours, forwarding } = world.settle();
        expect({ added, changed, removed }).to.deep.equal({ added: 0, changed: 0, removed: 0 });
        // An answered miss is counted when everything is next compared.
        const answered = history.some((happening) => happening.do.endsWith("miss"));
        if (with_.resolve === "push" && !with_.learning && !answered) {
          expect({ neighbours, forwarding }).to.deep.equal({
            neighbours: heard.neighbours,
            forwarding: heard.forwarding,
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});
