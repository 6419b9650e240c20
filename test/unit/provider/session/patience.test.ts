import { expect } from "chai";
import { Patience } from "@overlaynet/provider/session/patience";
import { until } from "../../../hosts/poll.js";

describe("patience", () => {
  it("says what is waited for, one line for all who wait, and again when the wait has doubled", async () => {
    const lines: string[] = [];
    const patience = new Patience((line) => lines.push(line), 20);
    let finish: (value: string) => void = () => undefined;
    const work = new Promise<string>((resolve) => (finish = resolve));
    const waiting = [patience.during("apply", work), patience.during("apply", work)];
    await until("two lines", () => Promise.resolve(lines.length >= 2), { within: 10_000, every: 5 });
    finish("done");
    expect(await Promise.all(waiting)).to.deep.equal(["done", "done"]);
    expect(lines.slice(0, 2)).to.deep.equal([
      "apply: no answer yet, waiting for 0.02 s, 2 resources",
      "apply: no answer yet, waiting for 0.04 s, 2 resources",
    ]);
  });

  it("is silent about what comes in time, and hands failures on", async () => {
    const lines: string[] = [];
    const patience = new Patience((line) => lines.push(line), 10_000);
    expect(await patience.during("connect", Promise.resolve(1))).to.equal(1);
    const failure = await patience
      .during("connect", Promise.reject(new Error("gone")))
      .catch((error: unknown) => error);
    expect(String(failure)).to.equal("Error: gone");
    expect(lines).to.deep.equal([]);
  });
});
