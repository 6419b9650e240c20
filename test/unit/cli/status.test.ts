import { StatusDocument } from "@overlaynet/cli/document/status";
import { expect } from "chai";
import { manyHosts } from "./many.js";
import { ailing, dead, expected, well } from "./network.js";
import { expectGolden, overlaynet } from "./scene.js";

describe("overlaynet status (UPDATE_GOLDEN=1 writes test/golden/cli anew: read the difference)", () => {
  it("is one screen for two hosts, and ends with 0 when all is well", async () => {
    const { status, out } = await overlaynet(["status"], well, { expected });
    expectGolden("status-well", out);
    expect(status).to.equal(0);
  });

  it("says what is wrong and what to do, and ends with 1", async () => {
    const { status, out } = await overlaynet(["status"], [well[0], ailing()], { expected });
    expectGolden("status-wrong", out);
    expect(status).to.equal(1);
  });

  it("has a row for a dead host, shows the others, and ends with 3", async () => {
    const { status, out } = await overlaynet(["status"], [well[0], dead], { expected });
    expectGolden("status-dead-host", out);
    expect(status).to.equal(3);
  });

  for (const columns of [80, 120]) {
    it(`has no row of a table that is wider than a terminal of ${columns} columns`, async () => {
      const kernel = "6.1.0-30-cloud-amd64";
      const crowds = {
        [`status-wrong-${columns}`]: [
          { ...well[0], kernel },
          { ...ailing(), kernel },
        ],
        [`status-50-hosts-${columns}`]: [...manyHosts(49, 1).map((said) => ({ ...said, kernel })), dead],
      };
      for (const [name, said] of Object.entries(crowds)) {
        const { out } = await overlaynet(["status"], said, { expected, columns });
        expectGolden(name, out);
        const tables = out
          .split("\n")
          .filter((line) => !/^[✗ ]|^\w+(, \w+)?: | is being changed by | records lead to /u.test(line));
        for (const line of tables) expect(line.length, line).to.be.at.most(columns);
        expect(tables.filter((line) => line.startsWith("HOST "))).to.have.length.above(1);
      }
    });
  }

  it("counts what is more than a screen of containers and records, unless all are asked for", async () => {
    const [{ name, address, inspection }] = well;
    const many = Array.from({ length: 60 }, (_, index) => ({
      name: `c${index}`,
      ip: `7.7.7.${index + 10}`,
      mac: "02:42:07:07:07:02",
      owner: { project: "shop", stack: "test", resource: "c" },
      drift: [],
    }));
    const overlays = inspection?.overlays.map((one) => ({ ...one, containers: many })) ?? [];
    const crowd = { name, address, inspection: { overlays } };
    const { out } = await overlaynet(["status"], [crowd]);
    expect(out).to.contain("and 20 more containers: --all shows them");
    expect((await overlaynet(["status", "--all"], [crowd])).out).to.match(/^c59 /m);
  });

  it("prints as JSON what its schema says", async () => {
    for (const second of [well[1], ailing(), dead]) {
      const { out } = await overlaynet(["status", "--json"], [well[0], second], { expected });
      const document = StatusDocument.parse(JSON.parse(out));
      expect(document.ok).to.equal(document.problems.length === 0);
    }
  });

  it("is coloured when asked for, and never with NO_COLOR", async () => {
    const coloured = await overlaynet(["status"], well, { env: { FORCE_COLOR: "1" } });
    expect(coloured.out).to.contain("\u001b[32mall well");
    const plain = await overlaynet(["status"], well, { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(plain.out).not.to.contain("\u001b");
  });
});
