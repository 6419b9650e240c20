import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentDigest } from "@overlaynet/agent/artifacts/digest";
import { ControlServer } from "@overlaynet/agent/resolver/control";
import { expect } from "chai";
import type { Paths } from "@overlaynet/agent/store/paths";
import { resolverSocket, unitFiles } from "@overlaynet/agent/units/templates";
import { Units } from "@overlaynet/agent/units/units";
import { FakeRunner } from "../fake-runner.js";
import { temporaryPaths } from "../fixtures.js";

const state = (active: string, enabled: string): string => `ActiveState=${active}\nUnitFileState=${enabled}\n`;
const running = `${state("active", "enabled")}\n${state("active", "enabled")}`;
const show =
  "systemctl show --property=ActiveState,UnitFileState overlaynet-resolver@lab.service overlaynet-ensure@lab.timer";

describe("the units", () => {
  let paths: Paths;
  let remove: () => void;
  let runner: FakeRunner;
  let units: Units;
  beforeEach(() => {
    ({ paths, remove } = temporaryPaths());
    runner = new FakeRunner();
    units = new Units(paths, runner);
  });
  afterEach(() => {
    remove();
  });

  it("are written once, and again when somebody changed one", async () => {
    expect(await units.install()).to.equal(3);
    expect(await units.install()).to.equal(0);
    writeFileSync(join(paths.units, "overlaynet-ensure@.timer"), "[Timer]\nOnCalendar=yearly\n");
    expect(await units.install()).to.equal(1);
    expect(runner.lines).to.eql(["systemctl daemon-reload", "systemctl daemon-reload"]);
    for (const { name, text } of unitFiles) expect(readFileSync(join(paths.units, name), "utf8")).to.equal(text);
  });

  it("are not stopped where they were never made, the making of the overlay having been interrupted", async () => {
    await units.stopResolver("lab");
    expect(runner.lines).to.eql([]);
    await units.install();
    await units.stopResolver("lab");
    expect(runner.lines).to.include("systemctl stop overlaynet-resolver@lab.service");
  });

  it("are left alone when they run", async () => {
    runner.reply = () => ({ stdout: running });
    expect(await units.start("lab", false)).to.equal(0);
    expect(runner.lines).to.eql([show]);
  });

  it("are enabled and started, the resolver without the repair that waits for the caller's lock", async () => {
    runner.reply = (line) =>
      line === show ? { stdout: `${state("inactive", "disabled")}\n${state("inactive", "disabled")}` } : undefined;
    expect(await units.start("lab", false)).to.equal(3);
    expect(runner.lines.slice(1)).to.eql([
      "systemctl enable --quiet overlaynet-resolver@lab.service overlaynet-ensure@lab.timer",
      "systemctl --job-mode=ignore-dependencies start overlaynet-resolver@lab.service",
      "systemctl start overlaynet-ensure@lab.timer",
    ]);
  });

  it("are restarted into a new namespace", async () => {
    runner.reply = () => ({ stdout: running });
    expect(await units.start("lab", true)).to.equal(1);
    expect(runner.lines[1]).to.equal(
      "systemctl --job-mode=ignore-dependencies restart overlaynet-resolver@lab.service",
    );
  });

  it("are restarted when another agent's resolver runs, and not when this one's does", async () => {
    runner.reply = () => ({ stdout: running });
    const socket = resolverSocket(paths, "lab");
    mkdirSync(dirname(socket), { recursive: true });
    const status = { agent: agentDigest };
    const unasked = new Error("unasked");
    const listen = (): never => {
      throw unasked;
    };
    const handlers = { sync: () => ({}), status: () => status, metrics: () => Promise.reject(unasked), listen };
    const server = await ControlServer.listen(socket, handlers);
    try {
      expect(await units.start("lab", false)).to.equal(0);
      status.agent = "an older one";
      expect(await units.start("lab", false)).to.equal(1);
      expect(runner.lines.at(-1)).to.equal(
        "systemctl --job-mode=ignore-dependencies restart overlaynet-resolver@lab.service",
      );
    } finally {
      server.close();
    }
  });

  it("go with their overlay, and the templates with the last one", async () => {
    runner.reply = (line) =>
      line.includes(" show ") ? { stdout: `${state("failed", "")}\n${state("inactive", "")}` } : undefined;
    await units.remove("lab");
    expect(runner.lines).not.to.include(
      "systemctl disable --now --quiet overlaynet-resolver@lab.service overlaynet-ensure@lab.timer",
    );
    await units.install();
    runner.lines.length = 0;
    await units.remove("lab");
    expect(runner.lines[0]).to.equal(
      "systemctl disable --now --quiet overlaynet-resolver@lab.service overlaynet-ensure@lab.timer",
    );
    expect(runner.lines[2]).to.equal("systemctl reset-failed overlaynet-resolver@lab.service");
    await units.uninstall();
    expect(unitFiles.some(({ name }) => existsSync(join(paths.units, name)))).to.equal(false);
    runner.lines.length = 0;
    await units.uninstall();
    expect(runner.lines).to.eql([]);
  });

  it("are compared in words", async () => {
    await units.install();
    runner.reply = () => ({ stdout: `${state("failed", "disabled")}\n${state("active", "enabled")}` });
    writeFileSync(join(paths.units, "overlaynet-ensure@.timer"), "");
    expect(await units.drift("lab")).to.eql([
      "unit overlaynet-ensure@.timer changed",
      "overlaynet-resolver@lab.service disabled, want enabled",
      "overlaynet-resolver@lab.service failed, want active",
    ]);
  });

  it("harden the resolver and let nothing stop its restarts", () => {
    const resolver = unitFiles.find(({ name }) => name.startsWith("overlaynet-resolver"))?.text ?? "";
    const settings = new Set(resolver.split("\n"));
    for (const needed of [
      "DynamicUser=yes",
      "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW",
      "NoNewPrivileges=yes",
      "RestrictAddressFamilies=AF_NETLINK AF_UNIX AF_PACKET",
      "SystemCallErrorNumber=EPERM",
      "NetworkNamespacePath=/run/overlaynet/%i/netns",
      "Wants=overlaynet-ensure@%i.service",
      "After=overlaynet-ensure@%i.service",
      "Restart=always",
      "StartLimitIntervalSec=0",
    ]) {
      expect(settings.has(needed), needed).to.equal(true);
    }
    // V8 writes code; a unit bound to the namespace's mount never comes back; a failed requirement is never retried.
    expect(resolver).not.to.match(/MemoryDenyWriteExecute|BindsTo|Requires=/);
    expect(resolver).to.include(resolverSocket({ ...paths, resolverRun: "/run/overlaynet-resolver" }, "%i"));
  });
});
