import { expect } from "chai";
import { objectsOf, plan, type Step } from "@overlaynet/core";
import { runSteps } from "@overlaynet/agent/reconcile/run-plan";
import { FakeRunner } from "../fake-runner.js";
import { container, desired, overlay } from "../fixtures.js";

/** The steps that make an overlay and two containers on an empty host. */
function stepsOnAnEmptyHost(): readonly Step[] {
  const objects = objectsOf([desired(overlay()), desired(container("red", 2)), desired(container("green", 4))]);
  const observation = new Map(["overns", "red", "green"].map((name) => [name, "absent"] as const));
  return plan({ overlay: "lab", desired: objects, previous: [], observation }).steps;
}

const namesOf = (failures: ReadonlyMap<Step, string>): Set<string> =>
  new Set([...failures.keys()].map(({ mark }) => mark.split(":")[3] ?? ""));

describe("running a plan", () => {
  it("begins every step, and in each namespace with one process for each tool", async () => {
    const runner = new FakeRunner();
    const steps = stepsOnAnEmptyHost();
    const ran = await runSteps(runner, steps);
    expect(ran.begun).to.equal(steps.length);
    expect(ran.failures.size).to.equal(0);
    expect(new Set(runner.lines)).to.have.length(runner.lines.length);
  });

  it("has the last process in a namespace show what it holds, when that is of interest", async () => {
    const runner = new FakeRunner((line) => {
      return line.startsWith("bridge") ? { stdout: "[]\n" } : line.includes(" -j ") ? { stdout: "[]\n[]\n[]\n" } : {};
    });
    const interest = { namespaces: new Set(["overns", "red"]), withPorts: new Set(["overns"]) };
    const { seen } = await runSteps(runner, stepsOnAnEmptyHost(), interest);
    expect([...seen.keys()].sort()).to.eql(["overns", "red"]);
    expect(seen.get("red")).to.eql({ links: [], routes: [], portEntries: [] });
    expect(runner.lines.filter((line) => line.includes(" -j "))).to.eql([
      "ip -n overns -j -d -N -force -batch -",
      "bridge -n overns -j -force -batch -",
      "ip -n red -j -d -N -force -batch -",
    ]);
  });

  it("says nothing of a namespace that was not shown whole", async () => {
    const runner = new FakeRunner((line) => (line.includes("-n red ") ? { stdout: "[]\n" } : {}));
    const interest = { namespaces: new Set(["red"]), withPorts: new Set<string>() };
    expect((await runSteps(runner, stepsOnAnEmptyHost(), interest)).seen).to.eql(new Map());
  });

  it("keeps a failure to the container that it is about", async () => {
    const runner = new FakeRunner((_line, input) => {
      const index = input.split("\n").findIndex((one) => one.includes("vethO2") && one.startsWith("link add"));
      return index < 0 ? undefined : { exitCode: 1, stderr: `Error: no memory.\nCommand failed -:${index + 1}\n` };
    });
    const { failures } = await runSteps(runner, stepsOnAnEmptyHost());
    expect(namesOf(failures)).to.eql(new Set(["red"]));
    expect([...failures.values()][0]).to.match(/no memory/);
    const given = (name: string): string =>
      runner.inputs.filter((_, index) => runner.lines[index]?.includes(`-n ${name} `)).join("");
    expect(given("red")).not.to.match(/eth0/);
    expect(given("green")).to.match(/eth0/);
  });

  it("fails everything that needs the overlay's namespace when that cannot be made", async () => {
    const runner = new FakeRunner((_line, input) => {
      const index = input.split("\n").findIndex((one) => one === "netns add overns");
      return index < 0 ? undefined : { exitCode: 1, stderr: `Error: no space.\nCommand failed -:${index + 1}\n` };
    });
    const { failures } = await runSteps(runner, stepsOnAnEmptyHost());
    expect(namesOf(failures)).to.eql(new Set(["lab", "red", "green"]));
  });

  it("ends when a tool cannot be started at all", async () => {
    const runner = new FakeRunner(() => ({ exitCode: 127, stderr: "spawn ip ENOENT" }));
    const { failures } = await runSteps(runner, stepsOnAnEmptyHost());
    expect(failures.size).to.be.greaterThan(0);
    expect([...failures.values()].some((message) => message.includes("ENOENT"))).to.equal(true);
  });
});
