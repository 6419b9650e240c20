import { expect } from "chai";
import { Model } from "../../chaos/model.js";
import { historyOf, tell } from "../../chaos/operation.js";
import { shrink } from "../../chaos/shrink.js";

describe("a chaos history", () => {
  it("is the same for the same seed, and begins as the shorter ones do", () => {
    expect(historyOf(7, 30, true)).to.deep.equal(historyOf(7, 30, true));
    expect(historyOf(7, 30, true).slice(0, 10)).to.deep.equal(historyOf(7, 10, true));
    expect(historyOf(8, 30, true)).not.to.deep.equal(historyOf(7, 30, true));
  });

  it("is told in words", () => {
    expect(tell({ do: "quiet" })).to.equal("quiet");
    expect(tell({ do: "reboot", host: "a" })).to.equal('reboot {"host":"a"}');
  });
});

describe("the shortest history", () => {
  it("is found by leaving out what does not matter", async () => {
    const history = Array.from({ length: 16 }, (_, index) => index);
    const fails = (part: readonly number[]): Promise<boolean> =>
      Promise.resolve(part.includes(3) && part.includes(9) && part.at(-1) === 15);
    expect(await shrink(history, fails, 100)).to.deep.equal([3, 9, 15]);
  });

  it("is looked for as often as told, and is what failed last", async () => {
    let asked = 0;
    const fails = (part: readonly number[]): Promise<boolean> => {
      asked += 1;
      return Promise.resolve(part.includes(0));
    };
    const found = await shrink([0, 1, 2, 3, 4, 5, 6, 7], fails, 2);
    expect(asked).to.equal(2);
    expect(found).to.include(0).and.to.have.length.below(8);
    expect(await shrink([1], fails, 10)).to.deep.equal([1]);
  });
});

describe("the model of chaos", () => {
  const hosts = Object.fromEntries(["a", "b", "c"].map((name) => [name, { address: name, connection: {} }]));

  it("moves, removes and makes containers, and gives no address twice", () => {
    const model = new Model(hosts);
    model.change([
      { edit: "place", container: "blue", host: "c", last: 2 },
      { edit: "place", container: "cyan", host: "c", last: 9 },
      { edit: "place", container: "red", host: "b", last: 2 },
      { edit: "remove", container: "green" },
      { edit: "mtu", mtu: 1400 },
    ]);
    const { containers, overlays } = model.topology();
    expect(Object.entries(containers).map(([name, { host, ip }]) => `${name} ${host} ${ip}`)).to.deep.equal([
      "red b 7.7.7.2",
      "pink b 7.7.7.3",
      "cyan c 7.7.7.9",
    ]);
    expect(overlays["lab"]).to.include({ mtu: 1400, resolve: "push" });
  });

  it("gives no address of a container that goes, until an up has told everybody", () => {
    const model = new Model(hosts);
    model.settle();
    const place = { edit: "place", container: "blue", host: "c", last: 4 } as const;
    model.change([{ edit: "remove", container: "green" }, place]);
    expect(model.topology().containers).not.to.have.property("blue");
    // An up that failed, or was interrupted.
    model.change([place]);
    expect(model.topology().containers).not.to.have.property("blue");
    model.settle();
    model.change([place]);
    expect(model.topology().containers).to.have.property("blue");
  });

  it("promises nothing of what is broken or parted, until it is healed", () => {
    const model = new Model(hosts);
    expect(model.mustReach("a", "b")).to.equal(true);
    model.part("b", "a");
    model.broken.add("c");
    expect([model.mustReach("a", "b"), model.mustReach("b", "c"), model.mustReach("a", "a")]).to.deep.equal([
      false,
      false,
      true,
    ]);
    model.heal();
    expect(model.mustReach("a", "b") && model.mustReach("b", "c")).to.equal(true);
  });
});
