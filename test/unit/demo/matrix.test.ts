import { expect } from "chai";
import { pingTable } from "../../demo/matrix.js";

describe("the demo's table of pings", () => {
  it("aligns names to the left and numbers to the right, and shows a pair that lost everything", () => {
    const table = pingTable([
      { from: "red", to: "green", result: { sent: 5, received: 5, times: [0.1, 0.05, 0.06, 0.07, 0.08] } },
      { from: "red", to: "printer", result: { sent: 5, received: 0, times: [] } },
    ]);
    expect(table.split("\n")).to.deep.equal([
      "  from  to        loss  first ms  median ms",
      "  red   green      0 %      0.10       0.07",
      "  red   printer  100 %         -          -",
    ]);
  });
});
