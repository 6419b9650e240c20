import { expect } from "chai";
import { normalise, parsePage, renderPage } from "../../transcript/transcript.js";

const page = [
  "Text",
  "",
  "```console",
  "a# ip link",
  "1: lo",
  "a# true",
  "```",
  "",
  "```sh",
  "a# no session",
  "```",
  "",
];

describe("a page with sessions", () => {
  it("is read into commands and what they printed, and is the same when written again", () => {
    const pieces = parsePage(page.join("\n"));
    expect(pieces.filter(({ kind }) => kind === "session")).to.deep.equal([
      {
        kind: "session",
        host: "a",
        shown: [
          { command: "ip link", output: ["1: lo"] },
          { command: "true", output: [] },
        ],
      },
    ]);
    expect(renderPage(pieces)).to.equal(page.join("\n"));
  });

  it("is refused when a session has no command, begins without one, or goes to another host", () => {
    const session = (...lines: string[]): (() => unknown) => {
      return () => parsePage(["```console", ...lines, "```"].join("\n"));
    };
    expect(session()).to.throw("line 2: a session without a command");
    expect(session("1: lo")).to.throw("line 2: a session begins with a command");
    expect(session("a# true", "b# true")).to.throw("line 3: a session is on one host, a");
  });

  it("is compared without what varies, and with everything else", () => {
    const seen = (text: string): string => normalise(text);
    expect(seen("64 bytes from 7.7.7.3: icmp_seq=1 ttl=64 time=3.68 ms")).to.equal(
      "64 bytes from 7.7.7.3: icmp_seq=1 ttl=64 time=T ms",
    );
    expect(seen("vethO2@if2  UP  c6:e7:e6:65:98:14 <UP>")).to.equal(seen("vethO2@if7  UP  aa:06:72:87:72:28 <UP>"));
    expect(seen("02:42:07:07:07:03 dst 192.168.64.28 self")).to.equal("02:42:07:07:07:03 dst 192.168.64.28 self");
    expect(seen("7.7.7.3 dev eth0 REACHABLE")).to.equal(seen("7.7.7.3 dev eth0 STALE"));
    expect(seen("7.7.7.3 dev eth0 FAILED")).not.to.equal(seen("7.7.7.3 dev eth0 STALE"));
  });
});
