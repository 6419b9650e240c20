import { expect } from "chai";
import type { Bag } from "@overlaynet/provider/engine";
import { hostsIn } from "@overlaynet/provider/hosts";
import { checkContainer } from "@overlaynet/provider/input/container";
import { hostOfText, hostText, hostTexts } from "@overlaynet/provider/input/host-text";
import { difference, touchesHosts } from "@overlaynet/provider/resource/difference";
import { containerNews } from "../samples.js";
import { hostKeyLine } from "../ssh/keys.js";

const address = "192.168.64.27";
const pin = /^ssh-ed25519:[A-Za-z0-9+/]{43}$/;

describe("a host in a line", () => {
  it("is its address, what says how it is reached, and its key's fingerprint", () => {
    expect(hostText({ address })).to.equal(address);
    const connection = { user: "admin", port: 2222, agentSocketPath: "", hostKey: `${hostKeyLine(1)} a comment` };
    const words = hostText({ address, connection })?.split(" ") ?? [];
    expect(words.slice(0, 4)).to.deep.equal([address, "user=admin", "port=2222", "agentSocketPath="]);
    expect(words[4]).to.match(pin);
  });

  it("is read as it was written, the key by its fingerprint", () => {
    const connection = {
      host: "::1",
      user: "admin",
      port: 22,
      dialErrorLimit: -1,
      perDialTimeout: 0.5,
      hostKeyCheck: "off",
    };
    expect(hostOfText(hostText({ address, connection }) ?? "")).to.deep.equal({ address, connection });
    const read = hostOfText(hostText({ address, connection: { hostKey: hostKeyLine(1) } }) ?? "");
    expect(read?.connection?.["hostKey"]).to.match(/^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/);
    expect(hostText(read)).to.equal(hostText({ address, connection: { hostKey: hostKeyLine(1) } }));
  });

  const others: [string, unknown][] = [
    ["a secret", { address, connection: { privateKey: "x" } }],
    ["a password", { address, connection: { password: "x" } }],
    ["a jump host", { address, connection: { proxy: { host: "j" } } }],
    ["white space", { address, connection: { privateKeyPath: "/my keys/id" } }],
    ["what is no key", { address, connection: { hostKey: "ssh-ed25519 AAAA" } }],
    ["a number where a text is wanted", { address, connection: { user: 5 } }],
    ["a text where a number is wanted", { address, connection: { port: "22" } }],
    ["an input that does not exist", { address, connection: { usr: "x" } }],
    ["another member", { address, conection: {} }],
    ["an instance of a class", { address, connection: new Date() }],
    ["no address", { connection: {} }],
    ["nothing", undefined],
  ];
  for (const [what, host] of others) {
    it(`is not made of ${what}: that stays as it is`, () => {
      expect(hostText(host)).to.equal(undefined);
    });
  }

  it("is checked as an object is", () => {
    const reasons = (host: unknown): string[] =>
      checkContainer(containerNews({}, { hosts: { a: host } })).failures.map(({ reason }) => reason);
    expect(reasons("192.168.64.27 user=admin")).to.deep.equal([]);
    expect(reasons("192.168.64.300")[0]).to.match(/^overlay\.hosts\.a\.address: /);
    expect(reasons("192.168.64.27 port=99999")[0]).to.match(/^overlay\.hosts\.a\.connection\.port: expected a port/);
    expect(reasons("192.168.64.27 hostKey=x")[0]).to.match(
      /^overlay\.hosts\.a\.connection\.hostKey: expected a host's/,
    );
    expect(reasons("192.168.64.27 secret stuff")).to.deep.equal([
      "overlay.hosts.a: expected an object { address, connection }, got a text",
    ]);
    const twice = { a: "192.168.64.27", b: { address: "192.168.64.27" } };
    expect(checkContainer(containerNews({}, { hosts: twice })).failures[0]?.reason).to.match(/which is a's$/);
  });

  it("leaves to all lines together what they have in common", () => {
    const connection = { user: "admin", privateKeyPath: "~/.ssh/id" };
    const secret = { address: "192.168.64.29", connection: { user: "admin", password: "x" } };
    const hosts = {
      a: { address, connection: { ...connection, port: 2222 } },
      b: { address: "192.168.64.28", connection },
      c: secret,
    };
    const texts = hostTexts(hosts);
    expect(texts).to.deep.equal({
      hosts: { a: `${address} port=2222`, b: "192.168.64.28", c: secret },
      connection: "user=admin privateKeyPath=~/.ssh/id",
    });
    expect(hostsIn(texts.hosts, texts.connection)).to.deep.equal(hosts);
    expect(hostTexts({ b: hosts.b })).to.deep.equal({ hosts: { b: hostText(hosts.b) } });
    const old = { overlay: { name: "lab", hosts } };
    expect(difference(["overlay"], [], old, { overlay: { name: "lab", ...texts } })).to.deep.equal({ changes: false });
    const checked = checkContainer(containerNews({ overlay: { ...(containerNews()["overlay"] as Bag), ...texts } }));
    expect(checked.failures).to.deep.equal([]);
  });

  const words: [string, RegExp][] = [
    ["port=0", /^overlay\.connection\.port: expected a port/],
    ["secret stuff", /^overlay\.connection: expected what hosts have in common/],
  ];
  for (const [connection, sentence] of words) {
    it(`is refused with ${connection} for all`, () => {
      const overlay = { ...(containerNews()["overlay"] as Bag), connection };
      expect(
        checkContainer(containerNews({ overlay }))
          .failures.map(({ reason }) => reason)
          .join(),
      ).to.match(sentence);
    });
  }

  it("means what the object means: no change, whichever of them state has", () => {
    const connection = { user: "admin", hostKey: hostKeyLine(1) };
    const host = { address, connection };
    const [old, now] = [host, hostText(host)].map((a) => ({ overlay: { name: "lab", hosts: { a } } }));
    expect(difference(["overlay"], [], old!, now!)).to.deep.equal({ changes: false });
    expect(difference(["overlay"], [], now!, old!)).to.deep.equal({ changes: false });
    expect(hostsIn(now!.overlay.hosts)["a"]?.address).to.equal(address);
  });

  it("that changes in how the host is reached touches none, and one that changes in the address does", () => {
    const of = (a: string): Bag => ({ overlay: { name: "lab", hosts: { a } } });
    expect(touchesHosts(["overlay"], of(address), of(`${address} user=admin`))).to.equal(false);
    expect(difference(["overlay"], [], of(address), of(`${address} user=admin`))).to.deep.equal({});
    expect(touchesHosts(["overlay"], of(address), of("192.168.64.28"))).to.equal(true);
  });
});
