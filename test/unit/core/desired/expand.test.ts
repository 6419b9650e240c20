import { type Desired, InvalidValue, isLocal, keyOf, objectsOf, parseCidr, parseIp, portName } from "@overlaynet/core";
import { expect } from "chai";
import { containerFile, file, overlayFile } from "../../../model-kernel/specs.js";

function keys(files: readonly Desired[]): string[] {
  return objectsOf(files).map((object) => `${object.kind} ${keyOf(object)}`);
}

describe("objectsOf", () => {
  const lab = overlayFile();

  it("makes an overlay's namespace, bridge, device and gateway address", () => {
    expect(objectsOf([lab]).slice(1)).to.deep.equal([
      { kind: "namespace", namespace: "overns", mark: "overlaynet:lab:overlay:lab:u0" },
      {
        kind: "bridge",
        namespace: "overns",
        name: "br0",
        mac: "02:6f:76:00:00:2a",
        mtu: 1450,
        mark: "overlaynet:lab:overlay:lab:u0",
      },
      {
        kind: "vxlan",
        namespace: "overns",
        name: "vxlan1",
        master: "br0",
        vni: 42,
        port: 4789,
        local: "192.168.64.27",
        mac: "02:76:c0:a8:40:1b",
        mtu: 1450,
        learning: false,
        mark: "overlaynet:lab:overlay:lab:u0",
      },
      {
        kind: "address",
        namespace: "overns",
        device: "br0",
        ip: "7.7.7.1",
        prefix: 24,
        mark: "overlaynet:lab:overlay:lab:u0",
      },
    ]);
  });

  it("makes a container's namespace, guard, link, entry, address, and a route if asked", () => {
    const red = containerFile("red", "7.7.7.2", { gateway: true, mtu: 1400, interface: "net0" });
    const objects = objectsOf([red, lab]).slice(6);
    expect(objects.map((object) => `${object.kind} ${keyOf(object)}`)).to.deep.equal([
      "namespace red",
      "guard overns vethO2",
      "veth overns vethO2",
      "port-entry overns vethO2 02:42:07:07:07:02",
      "address red net0 7.7.7.2/24",
      "route red net0 default 7.7.7.1",
    ]);
    expect(objects.find(({ kind }) => kind === "veth")).to.deep.include({
      mtu: 1450,
      peer: { namespace: "red", name: "net0", mac: "02:42:07:07:07:02", mtu: 1400 },
    });
    expect(new Set(objects.map(({ mark }) => mark))).to.deep.equal(new Set(["overlaynet:lab:container:red:u-red"]));
  });

  it("makes nothing of other hosts' containers and of neighbour entries", () => {
    const neigh = file("u9", {
      kind: "neigh",
      overlay: lab.spec.overlay,
      overlayId: "lab-1f",
      name: lab.spec.overlay,
      ip: parseIp("7.7.7.9"),
      mac: "02:42:c0:a8:00:09" as never,
      vtep: parseIp("192.168.64.40"),
    });
    expect(keys([lab, containerFile("pink", "7.7.7.3", { host: "b" }), neigh])).to.deep.equal(keys([lab]));
  });

  it("makes nothing without the overlay", () => {
    expect(keys([containerFile("red", "7.7.7.2")])).to.deep.equal([]);
  });

  it("keeps a container that still names its host's old address", () => {
    const moved = overlayFile({ hosts: { a: "192.168.64.99", b: "192.168.64.28" } });
    const red = containerFile("red", "7.7.7.2");
    if (moved.spec.kind !== "overlay" || red.spec.kind !== "container")
      throw new Error("specs of other kinds were made");
    expect(isLocal(moved.spec, red.spec)).to.equal(true);
    expect(keys([moved, red])).to.include("veth overns vethO2");
  });

  it("refuses an overlay that does not know the host", () => {
    expect(() => objectsOf([overlayFile({ host: "c" })])).to.throw(
      InvalidValue,
      `expected one of the overlay's hosts, got "c"`,
    );
  });
});

describe("portName", () => {
  it("is the original's for a /24 and fits an interface's 15 bytes in the largest network", () => {
    expect(portName(parseCidr("7.7.7.0/24"), parseIp("7.7.7.4"))).to.equal("vethO4");
    expect(portName(parseCidr("10.0.0.0/8"), parseIp("10.1.2.3"))).to.equal("vethO66051");
    expect(portName(parseCidr("0.0.0.0/1"), parseIp("127.255.255.254"))).to.equal("vethO2147483646");
  });
});
