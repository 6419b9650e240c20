import { readFileSync } from "node:fs";
import { releaseRuntimeCode } from "@overlaynet/agent/resolver/runtime-code";
import { expect } from "chai";

describe("the runtime's code", () => {
  it("takes less memory once released, and runs on", () => {
    const before = residentCode();
    expect(before).to.be.above(4000);
    releaseRuntimeCode();
    expect(residentCode()).to.be.below(before * 0.75);
    expect(JSON.stringify({ runs: ["on"] })).to.equal('{"runs":["on"]}');
  });
});

/** Kilobytes of the executable's code that are mapped into this process now. */
function residentCode(): number {
  const mappings = readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const code = mappings.filter((text) => text.includes(" r-xp ") && text.includes(` ${process.execPath}\n`));
  return code.reduce((sum, text) => sum + Number(/^Rss: +(\d+) kB$/m.exec(text)?.[1]), 0);
}
