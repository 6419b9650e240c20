import { differencesOf, driftOf, objectsOf } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { apply, planOn } from "../../../model-kernel/run.js";
import { containerFile, overlay, overlayFile } from "../../../model-kernel/specs.js";

const objects = objectsOf([overlayFile(), containerFile("red", "7.7.7.2"), containerFile("green", "7.7.7.4")]);

describe("differencesOf", () => {
  const changes: readonly (readonly [namespace: string | undefined, line: string, place: string])[] = [
    ["overns", "link set dev vxlan1 mtu 1400", "overns vxlan1: vxlan1 mtu 1400, want 1450"],
    ["overns", "link set dev br0 down", "overns br0: br0 down, want up"],
    ["overns", "link set dev vethO2 down", "overns vethO2: vethO2 down, want up"],
    ["red", "link set dev eth0 mtu 1400", "red eth0: red: eth0 mtu 1400, want 1450"],
    ["red", "address delete 7.7.7.2/24 dev eth0", "red eth0: red: eth0 address 7.7.7.2/24 missing"],
    [undefined, "netns delete green", "green: namespace green missing"],
  ];
  for (const [namespace, line, place] of changes) {
    it(`tells where it is: ${place}`, () => {
      const kernel = new ModelKernel();
      apply(kernel, overlay, objects, { previous: [] });
      kernel.command("ip", namespace, line);
      const plan = planOn(kernel, overlay, objects);
      const told = differencesOf(plan).map((one) => `${[one.namespace, one.device].join(" ").trim()}: ${one.words}`);
      expect(told).to.include(place);
      // The same sentences, none left out.
      expect([...new Set(differencesOf(plan).map(({ words }) => words))]).to.deep.equal(driftOf(plan));
    });
  }
});
