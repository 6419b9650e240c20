import { expect } from "chai";
import { checkContainer } from "@overlaynet/provider/input/container";
import { checkNeighEntry } from "@overlaynet/provider/input/neigh-entry";
import { containerNews, neighNews } from "../samples.js";

describe("names that every object has members of", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    it(`${name} is no host unless there is one of that name`, () => {
      const [host, vtep] = [checkContainer(containerNews({ host: name })), checkNeighEntry(neighNews({ vtep: name }))];
      expect(host.failures.map(({ reason }) => reason).join()).to.match(/^host: expected /);
      expect(vtep.failures.map(({ reason }) => reason).join()).to.match(/^vtep: expected /);
    });
  }

  it("are no inputs either", () => {
    const { failures } = checkContainer(containerNews({ constructor: "x" }));
    expect(failures.map(({ reason }) => reason).join()).to.match(/^constructor: /);
  });
});

describe("an overlay's id that cannot be one", () => {
  it("is refused by the check, not by what asks a host", () => {
    const { failures } = checkContainer(containerNews({ overlayId: "/." }));
    expect(failures.map(({ reason }) => reason).join()).to.match(/^overlayId: expected an identifier/);
  });
});
