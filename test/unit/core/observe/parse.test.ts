import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isNoSuchNamespace,
  namespaceCommands,
  type ObservedLink,
  parseNamespace,
  parseNamespaceNames,
  UnreadableOutput,
} from "@overlaynet/core";
import { expect } from "chai";
import fc from "fast-check";

const folder = join(process.cwd(), "test", "unit", "core", "observe", "testdata");

function captured(name: string): string {
  return readFileSync(join(folder, `${name}.txt`), "utf8");
}

function linkNamed(links: readonly ObservedLink[], name: string): ObservedLink {
  const link = links.find((one) => one.name === name);
  if (link === undefined) throw new Error(`no link ${name} among ${links.map((one) => one.name).join(", ")}`);
  return link;
}

describe("parseNamespace", () => {
  const overns = parseNamespace(captured("overns.ip"), captured("overns.bridge"));
  const red = parseNamespace(captured("red.ip"));

  it("reads a bridge, its mark, state and IPv4 addresses", () => {
    const { index: _index, ...bridge } = linkNamed(overns.links, "br0");
    expect(bridge).to.deep.equal({
      name: "br0",
      kind: "bridge",
      alias: "overlaynet:lab:overlay:lab:u0",
      group: 118,
      mac: "02:6f:76:0f:1f:c9",
      mtu: 1450,
      up: true,
      master: undefined,
      peer: undefined,
      elsewhere: false,
      vxlan: undefined,
      addresses: [
        { ip: "7.7.7.1", prefix: 24, label: "br0:ov", secondary: false },
        { ip: "7.7.7.99", prefix: 24, label: "br0", secondary: true },
      ],
    });
  });

  it("reads a VXLAN device, and whether its socket is in another namespace", () => {
    const { vxlan, elsewhere, master, mac } = linkNamed(overns.links, "vxlan1");
    expect({ elsewhere, master, mac }).to.deep.equal({ elsewhere: true, master: "br0", mac: "02:76:c0:a8:40:1b" });
    expect(vxlan).to.deep.equal({
      vni: 991177,
      port: 14777,
      local: "192.168.64.27",
      proxy: true,
      learning: false,
      l2miss: true,
      l3miss: true,
    });
    const own = linkNamed(overns.links, "vx2");
    expect([own.elsewhere, own.up, own.alias, own.group]).to.deep.equal([false, false, undefined, 0]);
    expect(own.vxlan).to.include({ vni: 991178, local: undefined, proxy: false, learning: true, l2miss: false });
  });

  it("reads a VXLAN device that takes its VNI from each packet as one with VNI 0, which cannot be ours", () => {
    expect(linkNamed(overns.links, "vx3").vxlan).to.include({ vni: 0, port: 14779 });
  });

  it("pairs the ends of a veth, in another namespace by name, in this one by index", () => {
    const [near, far] = [linkNamed(overns.links, "near"), linkNamed(overns.links, "far")];
    expect([near.peer, far.peer]).to.deep.equal([{ index: far.index }, { index: near.index }]);
    const [port, eth0] = [linkNamed(overns.links, "vethO2"), linkNamed(red.links, "eth0")];
    expect(port.peer).to.deep.equal({ index: eth0.index, namespaceId: 1, namespace: "red" });
    expect(eth0.peer).to.deep.equal({ index: port.index, namespaceId: 0, namespace: "overns" });
  });

  it("reads default routes with their protocol and metric", () => {
    expect(red.routes).to.deep.equal([
      { via: "7.7.7.1", device: "eth0", protocol: 118, metric: 0 },
      { via: "7.7.7.9", device: "eth0", protocol: 3, metric: 100 },
    ]);
    expect(overns.routes).to.deep.equal([]);
  });

  it("reads the bridge's static entries, and not the VXLAN device's own", () => {
    expect([...overns.portEntries].sort((one, other) => one.mac.localeCompare(other.mac))).to.deep.equal([
      { mac: "02:42:07:07:07:02", device: "vethO2", sticky: true },
      { mac: "02:42:07:07:07:03", device: "vethO2", sticky: false },
    ]);
    expect(red.portEntries).to.deep.equal([]);
  });

  it("ignores what other versions add", () => {
    const more = '[{"ifindex":1,"ifname":"lo","flags":["UP"],"mtu":65536,"new":{"a":1},"addr_info":[]}]\n[]\n[]\n';
    expect(parseNamespace(more).links.map(({ name, kind, group }) => [name, kind, group])).to.deep.equal([
      ["lo", "device", 0],
    ]);
  });

  it("says what it cannot read", () => {
    expect(() => parseNamespace("[]\n")).to.throw(UnreadableOutput, /expected three lines of JSON .* got 1/);
    expect(() => parseNamespace("oops\n[]\n[]\n")).to.throw(
      UnreadableOutput,
      'ip address show did not write JSON: "oops"',
    );
    expect(() => parseNamespace('[{"ifname":7}]\n[]\n[]\n')).to.throw(
      UnreadableOutput,
      /ip address show wrote JSON of another form/,
    );
    expect(() => parseNamespace("[]\n[]\n[]\n", "{}")).to.throw(
      UnreadableOutput,
      /bridge fdb show wrote JSON of another form/,
    );
  });

  it("throws nothing else, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (text, one, other) => {
        for (const output of [text, `${JSON.stringify(one)}\n${JSON.stringify(other)}\n[]\n`]) {
          try {
            parseNamespace(output, text);
          } catch (error) {
            expect(error).to.be.instanceOf(UnreadableOutput);
          }
        }
      }),
    );
  });
});

describe("namespaceCommands", () => {
  it("looks at one namespace with one process, and one more for port entries", () => {
    expect(namespaceCommands("red", { portEntries: false })).to.deep.equal({
      ip: {
        argv: ["ip", "-n", "red", "-j", "-d", "-N", "-batch", "-"],
        stdin: "address show\nroute show default\nnetns list-id\n",
      },
    });
    expect(namespaceCommands("overns", { portEntries: true }).bridge?.argv.join(" ")).to.equal(
      "bridge -n overns -j fdb show dynamic",
    );
    expect(namespaceCommands("", { portEntries: false }).ip.argv).not.to.include("-n");
  });

  it("knows the words for a namespace that is not there", () => {
    expect(isNoSuchNamespace('Cannot open network namespace "red": No such file or directory\n')).to.equal(true);
    expect(isNoSuchNamespace('Cannot open network namespace "red": Permission denied\n')).to.equal(false);
  });
});

describe("parseNamespaceNames", () => {
  it("reads names, with and without an id, and no output for none", () => {
    expect(parseNamespaceNames('[{"name":"red","id":0},{"name":"overns"}]\n')).to.deep.equal(["red", "overns"]);
    expect(parseNamespaceNames("")).to.deep.equal([]);
    expect(() => parseNamespaceNames("red\n")).to.throw(UnreadableOutput, /ip netns list did not write JSON/);
  });
});
