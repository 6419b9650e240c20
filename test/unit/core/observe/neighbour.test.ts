import { expect } from "chai";
import { restoreNeighbours } from "@overlaynet/core";

const vxlan1 = { namespace: "overns", device: "vxlan1" };

describe("neighbours that people wrote", () => {
  it("are written again, with their originator, and ours are not", () => {
    const shown = JSON.stringify([
      { dst: "7.7.7.3", lladdr: "02:42:07:07:07:03", state: ["PERMANENT"] },
      { dst: "7.7.7.4", lladdr: "02:42:07:07:07:04", protocol: "111", state: ["PERMANENT"] },
      { dst: "7.7.7.5", lladdr: "02:42:07:07:07:05", protocol: "4", state: ["PERMANENT"] },
      { dst: "7.7.7.6", state: ["PERMANENT"] },
    ]);
    expect(restoreNeighbours(vxlan1, shown)).to.deep.equal({
      argv: ["ip", "-n", "overns", "-force", "-batch", "-"],
      stdin:
        "neigh add 7.7.7.3 lladdr 02:42:07:07:07:03 dev vxlan1 nud permanent\n" +
        "neigh add 7.7.7.5 lladdr 02:42:07:07:07:05 dev vxlan1 nud permanent protocol 4\n",
    });
  });

  it("cost no process when there are none", () => {
    for (const shown of ["", "[]\n", "[ ]"]) expect(restoreNeighbours(vxlan1, shown)).to.equal(undefined);
  });
});
