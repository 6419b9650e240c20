import { existsSync } from "node:fs";
import { expect } from "chai";
import { vniObstacle, vxlansInUse } from "@overlaynet/agent/reconcile/foreign-vxlan";
import { hostRequirements } from "@overlaynet/agent/reconcile/requirements";
import { FakeRunner, type Reply } from "../fake-runner.js";

const fit: Reply = (line) => (line === "systemctl --version" ? { stdout: "systemd 252 (252.39)\n" } : undefined);

/** What is missing, apart from what is so on the machine that runs the test. */
async function unmet(reply: Reply): Promise<readonly string[]> {
  const getuid = process.getuid;
  process.getuid = () => 0;
  try {
    const all = await hostRequirements(new FakeRunner(reply)).unmet();
    return existsSync("/run/systemd/system") ? all : all.filter((one) => !one.startsWith("systemd does not run"));
  } finally {
    Object.assign(process, { getuid });
  }
}

describe("a host's requirements", () => {
  it("are met by a host that has all", async () => {
    expect(await unmet(fit)).to.eql([]);
  });

  it("name each missing tool with its package", async () => {
    const missing = await unmet((line) => (/^(nft|bridge) /.test(line) ? { exitCode: 127 } : fit(line, "")));
    expect(missing).to.eql([
      "iproute2's bridge with JSON output is missing; install iproute2",
      "nft is missing; install nftables",
    ]);
  });

  it("name the link type that the kernel cannot make", async () => {
    const [sentence] = await unmet((line) =>
      line.startsWith("unshare")
        ? { exitCode: 1, stderr: "Error: Unknown device type.\nCommand failed -:3\n" }
        : fit(line, ""),
    );
    expect(sentence).to.equal(
      "the kernel cannot make vxlan devices (Error: Unknown device type.); install a kernel with that module, or load it",
    );
  });

  it("do not mind a modprobe that fails when the type is there", async () => {
    let tries = 0;
    const reply: Reply = (line) => {
      if (line.startsWith("modprobe")) return { exitCode: 1 };
      return line.startsWith("unshare") && tries++ === 0
        ? { exitCode: 1, stderr: "Command failed -:1" }
        : fit(line, "");
    };
    expect(await unmet(reply)).to.eql([]);
  });

  it("name the input that does without a filter that the kernel cannot have", async () => {
    const runner = new FakeRunner((line) =>
      line.includes("nft -f") ? { exitCode: 1, stderr: "Error: no.\nmore" } : {},
    );
    const requirements = hostRequirements(runner);
    expect(await requirements.filter("ip")).to.match(
      /^nft cannot drop tunnel packets of strangers .*\(Error: no\.\).*allowUnknownVteps: true/,
    );
    expect(await requirements.filter("bridge")).to.match(/^nft cannot keep containers .*allowSpoofing: true/);
    const { length } = runner.lines;
    await requirements.filter("ip");
    expect(runner.lines, "tried once").to.have.length(length);
    expect(runner.inputs.join("")).to.include("add table bridge overlaynet").and.include("@th,96,24");
  });

  it("are looked at once in a session", async () => {
    const runner = new FakeRunner(fit);
    const requirements = hostRequirements(runner);
    await requirements.unmet();
    const { length } = runner.lines;
    await requirements.unmet();
    expect(runner.lines).to.have.length(length);
  });
});

describe("VXLAN devices in use", () => {
  const shown = (name: string, extra: object = {}): string =>
    JSON.stringify([{ ifname: name, linkinfo: { info_kind: "vxlan", info_data: { id: 42, port: 4789 } }, ...extra }]);

  it("are those whose socket is the host's", async () => {
    const runner = new FakeRunner((line) => ({ stdout: line.startsWith("nsenter") ? shown("inside") : shown("vx-1") }));
    const inUse = await vxlansInUse(runner, "/nonexistent");
    expect(inUse.map(({ device }) => device)).to.eql(["vx-1"]);
    expect(vniObstacle(inUse, "lab", 42, 4789)).to.equal(
      "VNI 42 on UDP port 4789 is in use by vxlan device vx-1 in the host's own network namespace; choose another vni on the Overlay, or remove that device",
    );
    expect(vniObstacle(inUse, "lab", 42, 8472)).to.equal(undefined);
    expect(vniObstacle(inUse, "lab", 43, 4789)).to.equal(undefined);
  });

  it("do not count when they are the overlay's own", async () => {
    const own = shown("vxlan1", { ifalias: "overlaynet:lab:overlay:lab:uid-lab" });
    const inUse = await vxlansInUse(
      new FakeRunner((line) => (line.startsWith("ip") ? { stdout: own } : {})),
      "/nonexistent",
    );
    expect(vniObstacle(inUse, "lab", 42, 4789)).to.equal(undefined);
    expect(vniObstacle(inUse, "other", 42, 4789)).to.match(/vxlan1/);
  });
});
