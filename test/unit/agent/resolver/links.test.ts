import { bytesOfIp, bytesOfMac } from "@overlaynet/agent/entries/index";
import { AF, IFF_UP, marshalLink, NTF, NUD, RTM } from "@overlaynet/agent/netlink/index";
import { ipToNumber } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { config, here } from "../../core/resolver/samples.js";
import { deviceIndex, placed } from "../entries/fake-kernel.js";
import { bridgeIndex, number, World } from "./world.js";

describe("the resolver hears of links:", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  const link = (type: number, index: number, name: string, flags = IFF_UP, family: number = AF.UNSPEC) =>
    placed({ type, payload: marshalLink({ family, type: 1, interfaceIndex: index, flags, name }) });

  it("its device or its bridge goes, and it stops", () => {
    const resolver = world.start(config);
    resolver.handle(link(RTM.DELLINK, 99, "vxlan1"));
    expect(world.stops).to.deep.equal([]);
    resolver.handle(link(RTM.DELLINK, deviceIndex, "vxlan1"));
    resolver.handle(link(RTM.DELLINK, bridgeIndex, "br0"));
    expect(world.stops).to.deep.equal(["vxlan1 is gone", "br0 is gone"]);
  });

  it("a port leaves its bridge, and it does not", () => {
    world.start(config).handle(link(RTM.DELLINK, deviceIndex, "vxlan1", IFF_UP, AF.BRIDGE));
    expect(world.stops).to.deep.equal([]);
  });

  it("its device is renamed, and it stops", () => {
    world.start(config).handle(link(RTM.NEWLINK, deviceIndex, "vxlan9"));
    expect(world.stops).to.deep.equal(["vxlan1 was renamed to vxlan9"]);
  });

  it("its device was down and comes up, and it compares, since what is not permanent was flushed", () => {
    const resolver = world.start(config);
    resolver.sync("start");
    world.kernel.byHand(RTM.NEWNEIGH, {
      destination: bytesOfIp(number.pink),
      linkAddress: bytesOfMac(number.redMac),
      state: NUD.STALE,
    });
    world.kernel.byHand(RTM.NEWNEIGH, {
      family: AF.BRIDGE,
      state: NUD.REACHABLE,
      flags: NTF.SELF,
      linkAddress: bytesOfMac(number.pinkMac),
      destination: bytesOfIp(ipToNumber(here)),
    });
    world.kernel.flap();
    resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1"));
    expect(world.wanted).to.deep.equal([]);
    resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1", 0));
    resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1"));
    expect(world.wanted).to.deep.equal(["link"]);
    expect(resolver.sync("link")).to.include({ added: 2 });
  });
});
