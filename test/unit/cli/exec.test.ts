import type { ContainerName } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { dead, expected, well } from "./network.js";
import { overlaynet, type Said } from "./scene.js";

/** A host that notes what it is to run, and ends with a status of its own. */
function runner(said: Said, status: number, ran: unknown[]): Said {
  const runIn = (container: ContainerName, argv: readonly string[]): number => {
    const { overlay, name } = container;
    ran.push({ host: said.name, overlay, name, argv });
    return status;
  };
  return { ...said, runIn };
}

describe("overlaynet exec and shell", () => {
  it("run the command where the container lives, options and all, and end with its status", async () => {
    for (const known of [{ expected }, {}]) {
      const ran: unknown[] = [];
      const hosts = [runner(well[0], 1, ran), runner(well[1], 7, ran)];
      for (const argv of [
        ["exec", "pink", "--", "ping", "-c", "1"],
        ["exec", "pink", "--timeout", "3", "--", "ping", "-c", "1"],
      ]) {
        expect(await overlaynet(argv, hosts, known)).to.deep.equal({ status: 7, out: "", err: "" });
      }
      const call = { host: "b", overlay: "lab", name: "pink", argv: ["ping", "-c", "1"] };
      expect(ran).to.deep.equal([call, call]);
    }
  });

  it("refuse a command's options without `--`, which could be our own", async () => {
    const { status, err } = await overlaynet(["exec", "pink", "ping", "-c", "1"], well, { expected });
    expect(status).to.equal(2);
    expect(err).to.match(/unknown option '-c'/);
  });

  it("start a shell", async () => {
    const ran: { argv: readonly string[] }[] = [];
    const { status } = await overlaynet(["shell", "red"], [runner(well[0], 0, ran)], { expected });
    expect(status).to.equal(0);
    expect(ran[0]?.argv.slice(0, 2)).to.deep.equal(["sh", "-c"]);
  });

  it("name the containers there are, and end with 2, when there is none of the name", async () => {
    const { status, err } = await overlaynet(["exec", "blue", "true"], well, { expected });
    expect({ status, err }).to.deep.equal({
      status: 2,
      err: "error: stack test of shop has no container blue; it has green, pink, red\n",
    });
  });

  it("ask for the overlay when two have a container of the name", async () => {
    const shop = { overlay: "shop", name: "red", host: "b", ip: "10.0.0.2" };
    const both = { ...expected, containers: [...expected.containers, shop] };
    const ran: unknown[] = [];
    const hosts = [runner(well[0], 0, ran), runner(well[1], 0, ran)];
    const { status, err } = await overlaynet(["exec", "red", "true"], hosts, { expected: both });
    expect(status).to.equal(2);
    expect(err).to.equal("error: --overlay: expected one of lab, shop, each has a container red\n");
    expect(ran).to.deep.equal([]);
    await overlaynet(["exec", "--overlay", "shop", "red", "true"], hosts, { expected: both });
    expect(ran).to.deep.equal([{ host: "b", overlay: "shop", name: "red", argv: ["true"] }]);
  });

  it("end with 255 and say why when the container's host does not answer", async () => {
    for (const known of [{ expected }, {}]) {
      const { status, err } = await overlaynet(["exec", "pink", "true"], [well[0], dead], known);
      expect(status).to.equal(255);
      expect(err).to.contain("no answer within 15 s");
    }
  });
});
