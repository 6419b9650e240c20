import { type Batch, objectsOf, readOutcome, type Step } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { planOn } from "../../../model-kernel/run.js";
import { overlay, overlayFile } from "../../../model-kernel/specs.js";

const [step] = planOn(new ModelKernel(), overlay, objectsOf([overlayFile()]), { previous: [] }).steps as [Step];

function batchOf(...texts: readonly string[]): Batch {
  return { tool: "ip", lines: texts.map((text) => ({ text, step })) };
}

function outcomeOf(batch: Batch, stderr: string, exitCode: number): { failures: string[]; unrun: string[] } {
  const { failures, unrun } = readOutcome(batch, stderr, exitCode);
  return {
    failures: failures.map(({ line, message }) => `${line.text}: ${message}`),
    unrun: unrun.map(({ text }) => text),
  };
}

// The texts are those of iproute2 6.1.0; test/lab/kernel.test.ts compares the model's with what is installed.
describe("readOutcome", () => {
  it("is nothing when the tool succeeds, warnings or not", () => {
    expect(outcomeOf(batchOf("link add"), "Warning: something\n", 0)).to.deep.equal({ failures: [], unrun: [] });
  });

  it("finds each failed line and what was said before it", () => {
    const stderr =
      "RTNETLINK answers: File exists\nCommand failed -:1\nError: Cannot change VNI.\nmore\nCommand failed -:3\n";
    expect(outcomeOf(batchOf("link add a", "link add b", "link set c"), stderr, 1)).to.deep.equal({
      failures: ["link add a: RTNETLINK answers: File exists", "link set c: Error: Cannot change VNI.; more"],
      unrun: [],
    });
  });

  it("takes the deletion of what is gone for done", () => {
    for (const gone of [
      'Cannot find device "vethO2"',
      'Cannot remove namespace file "/run/netns/red": No such file or directory',
      "Error: ipv4: Address not found.",
      "RTNETLINK answers: No such process",
      "RTNETLINK answers: No such file or directory",
      "RTNETLINK answers: Cannot assign requested address",
    ]) {
      expect(outcomeOf(batchOf("link delete dev x"), `${gone}\nCommand failed -:1\n`, 1).failures).to.deep.equal([]);
      expect(outcomeOf(batchOf("link set dev x"), `${gone}\nCommand failed -:1\n`, 1).failures).to.have.lengthOf(1);
    }
    const busy = 'Cannot remove namespace file "/run/netns/red": Device or resource busy\nCommand failed -:1\n';
    expect(outcomeOf(batchOf("netns delete red"), busy, 1).failures).to.have.lengthOf(1);
  });

  it("fails all lines but deletions when the namespace is not there", () => {
    const stderr = 'Cannot open network namespace "red": No such file or directory\n';
    expect(outcomeOf(batchOf("link set dev lo up", "link delete dev eth0"), stderr, 255)).to.deep.equal({
      failures: ['link set dev lo up: Cannot open network namespace "red": No such file or directory'],
      unrun: [],
    });
  });

  it("finds the line that the tool ended at for want of a namespace, and those after it", () => {
    const stderr =
      'RTNETLINK answers: File exists\nCommand failed -:1\nError: argument "red" is wrong: Invalid "netns" value\n\n';
    const batch = batchOf(
      "link add a netns red",
      "link add b",
      "link add c netns reddish",
      "link add d netns red",
      "link add e",
    );
    expect(outcomeOf(batch, stderr, 255)).to.deep.equal({
      failures: [
        "link add a netns red: RTNETLINK answers: File exists",
        'link add d netns red: Error: argument "red" is wrong: Invalid "netns" value',
      ],
      unrun: ["link add e"],
    });
  });

  it("fails what is left when the tool ends without a word", () => {
    expect(outcomeOf(batchOf("link add a", "link add b"), "", 137).failures).to.deep.equal([
      "link add a: exit status 137",
      "link add b: exit status 137",
    ]);
  });
});
