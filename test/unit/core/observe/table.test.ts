import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isNoSuchTable,
  objectsOf,
  parseTable,
  rootNamespace,
  tableCommand,
  tablesOf,
  UnreadableOutput,
} from "@overlaynet/core";
import { isRule, ruleText } from "@overlaynet/core/observe/rule";
import { expect } from "chai";
import fc from "fast-check";
import { containerFile, overlay, overlayFile } from "../../../model-kernel/specs.js";

const folder = join(process.cwd(), "test", "unit", "core", "observe", "testdata");
const captured = (name: string, version = ""): string =>
  readFileSync(join(folder, `${name}.nft${version}.txt`), "utf8");
/** What other versions wrote of the same tables: Debian 11's, Ubuntu 24.04's, Debian 13's. */
const others = ["-0.9.8", "-1.0.9", "-1.1.3"];
const objects = objectsOf([overlayFile(), containerFile("red", "7.7.7.2"), containerFile("green", "7.7.7.4")]);
const filters = objects.filter((object) => object.kind === "filter");

describe("parseTable", () => {
  for (const filter of filters) {
    for (const version of ["", ...others]) {
      it(`reads a table of family ${filter.family} as it was wanted, from nft ${version === "" ? "1.0.6" : version.slice(1)}`, () => {
        const { counters, sets, chains } = parseTable(captured(filter.family === "ip" ? "vteps" : "ports", version));
        expect([...counters]).to.deep.equal(filter.counters.map((name) => [name, { packets: 0, bytes: 0 }]));
        expect([...sets].map(([name, { type }]) => [name, type])).to.deep.equal(
          filter.sets.map(({ name, type }) => [name, type]),
        );
        for (const { name, hook, rules } of filter.chains) {
          const found = chains.get(name);
          expect(found?.rules).to.have.length(rules.length);
          const differing = rules.filter((rule, index) => !isRule(found?.rules[index] ?? "", rule));
          expect(differing).to.deep.equal([]);
          expect(found?.hook).to.equal(hook === undefined ? undefined : `${hook.at} ${hook.priority} accept`);
        }
      });
    }
  }

  it("reads the elements of sets, joined ones too", () => {
    expect(parseTable(captured("vteps")).sets.get("vteps")?.elements).to.deep.equal(["192.168.64.28"]);
    const { sets } = parseTable(captured("ports"));
    expect(sets.get("ports")?.elements).to.deep.equal(["vethO2", "vethO4"]);
    expect(sets.get("senders")?.elements).to.include("vethO4 . 02:42:07:07:07:04 . 7.7.7.4");
  });

  it("takes any text without another error than that it cannot be read", () => {
    const read = (text: string): void => {
      try {
        parseTable(text);
      } catch (error) {
        if (!(error instanceof UnreadableOutput)) throw error;
      }
    };
    const text = captured("ports");
    fc.assert(fc.property(fc.json(), read));
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: text.length }), (what, at) => {
        read(text.slice(0, at) + what + text.slice(at + what.length));
      }),
    );
  });
});

describe("ruleText", () => {
  const udp = { match: { op: "==", left: { payload: { protocol: "udp", field: "dport" } }, right: 4789 } };

  it("leaves out what nft adds to tell protocols, and nothing else", () => {
    const implied = { match: { op: "==", left: { meta: { key: "l4proto" } }, right: "udp" } };
    const added = { match: { op: "==", left: { meta: { key: "l4proto" } }, right: "tcp" } };
    expect(ruleText([implied, udp, { drop: null }])).to.equal("udp dport 4789 drop");
    expect(ruleText([added, udp, { drop: null }])).to.equal("meta l4proto tcp udp dport 4789 drop");
  });

  it("shows what it does not know as it is, so that it is a difference", () => {
    expect(ruleText([{ mangle: { key: 1 } }, { accept: null }])).to.equal('{"mangle":{"key":1}} accept');
  });
});

describe("isRule", () => {
  const update = { set: { op: "update", elem: { meta: { key: "iifname" } }, set: "@groups" } };
  const wanted = "update @groups { iifname limit rate over 250/second burst 1000 packets } counter name storms drop";

  it("does not hold against a rule what an old nft does not say, and everything else", () => {
    const listed = ruleText([update, { counter: "storms" }, { drop: null }], "0.9.8");
    expect(isRule(listed, wanted)).to.equal(true);
    expect(isRule(listed, wanted.replace("storms", "spoofed"))).to.equal(false);
    expect(isRule(listed, wanted.replace("@groups", "@others"))).to.equal(false);
    expect(isRule(ruleText([update, { drop: null }], "0.9.8"), wanted)).to.equal(false);
  });

  it("sees a limit that was taken away where nft says it", () => {
    expect(isRule(ruleText([update, { counter: "storms" }, { drop: null }], "1.0.6"), wanted)).to.equal(false);
  });
});

describe("tableCommand", () => {
  it("looks in the root namespace, and in the overlay's through nsenter", () => {
    expect(tablesOf(overlay, objects).map((id) => tableCommand(id).argv.join(" "))).to.deep.equal([
      "nft -j list table ip overlaynet-lab",
      "nsenter --net=/run/netns/overns nft -j list table bridge overlaynet",
    ]);
    expect(tablesOf(overlay, []).map(({ namespace }) => namespace)).to.deep.equal([rootNamespace]);
  });

  it("tells a table that is not there from trouble", () => {
    expect(isNoSuchTable("Error: No such file or directory\nlist table ip x\n              ^\n")).to.equal(true);
    expect(isNoSuchTable("netlink: Error: cache initialization failed: Operation not supported\n")).to.equal(false);
    expect(isNoSuchTable("nsenter: cannot open /run/netns/x: No such file or directory\n")).to.equal(false);
  });
});
