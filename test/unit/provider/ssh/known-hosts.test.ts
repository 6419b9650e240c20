import { createHmac, randomBytes } from "node:crypto";
import { expect } from "chai";
import { lookUp } from "@overlaynet/provider/ssh/known-hosts";
import { fingerprint, parseHostKey } from "@overlaynet/provider/ssh/host-key";
import { hostKeyLine } from "./keys.js";

const one = hostKeyLine(1);
const other = hostKeyLine(2);

function hashed(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac("sha1", salt).update(name).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
}

function known(text: string, host: string, port = 22): { keys: number; revoked: number; authority: boolean } {
  const { keys, revoked, authority } = lookUp(text, host, port);
  return { keys: keys.length, revoked: revoked.length, authority };
}

describe("known_hosts", () => {
  const found: [string, string, string, number][] = [
    ["a plain name", `b ${one}`, "b", 22],
    ["one of several names", `b,192.168.64.28 ${one}`, "192.168.64.28", 22],
    ["a name in another case", `B.Example ${one}`, "b.example", 22],
    ["a hashed name", `${hashed("b")} ${one}`, "b", 22],
    ["a name with a port", `[b]:2222 ${one}`, "b", 2222],
    ["a hashed name with a port", `${hashed("[b]:2222")} ${one}`, "b", 2222],
    ["a pattern", `192.168.64.* ${one}`, "192.168.64.28", 22],
    ["a pattern with ?", `192.168.64.2? ${one}`, "192.168.64.28", 22],
    ["a line with a comment, after others", `# b\n\ngarbage\nc ${other}\nb ${one} root@b`, "b", 22],
    ["a line with Windows' line end", `b ${one}\r\n`, "b", 22],
  ];
  for (const [what, text, host, port] of found) {
    it(`knows ${what}`, () => {
      expect(known(text, host, port)).to.deep.equal({ keys: 1, revoked: 0, authority: false });
    });
  }

  const strange: [string, string, string, number][] = [
    ["another name", `c ${one}`, "b", 22],
    ["a port that is not named", `b ${one}`, "b", 2222],
    ["a name whose port is not 22", `[b]:2222 ${one}`, "b", 22],
    ["a negated name", `*,!b ${one}`, "b", 22],
    ["a dot that is no wildcard", `192.168.64.28 ${one}`, "192x168x64x28", 22],
    ["a hash of another name", `${hashed("c")} ${one}`, "b", 22],
    ["a key of another type than said", `b ${one.replace("ssh-ed25519", "ssh-rsa")}`, "b", 22],
    ["a marker that nobody knows", `@maybe b ${one}`, "b", 22],
  ];
  for (const [what, text, host, port] of strange) {
    it(`does not know ${what}`, () => {
      expect(known(text, host, port)).to.deep.equal({ keys: 0, revoked: 0, authority: false });
    });
  }

  it("tells revoked keys and authorities apart", () => {
    expect(known(`b ${one}\n@revoked b ${other}`, "b")).to.deep.equal({ keys: 1, revoked: 1, authority: false });
    expect(known(`@cert-authority * ${one}`, "b")).to.deep.equal({ keys: 0, revoked: 0, authority: true });
  });
});

describe("a host key", () => {
  it("has the fingerprint that ssh-keygen prints", () => {
    const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    expect(fingerprint(parseHostKey(line)!.blob)).to.match(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("is read only when it is one", () => {
    for (const text of ["", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-rsa AAAA", one.replace("ssh-ed25519", "ssh-dss")]) {
      expect(parseHostKey(text), text).to.equal(undefined);
    }
  });
});
