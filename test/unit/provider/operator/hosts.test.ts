import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@overlaynet/core/operator/index";
import { givenConfig, givenHost, isGiven } from "@overlaynet/provider/operator/given";
import { operatorHosts } from "@overlaynet/provider/operator/hosts";
import { readStack, viewOf } from "@overlaynet/provider/operator/stack";
import { expect } from "chai";
import { rejectedWith } from "../resource/rejected.js";

const recorded = join(process.cwd(), "test", "states", "schema-1", "stack.json");

interface Exported {
  deployment: { resources: { type: string; outputs: Record<string, unknown> }[] };
}

function exported(): Exported {
  return JSON.parse(readFileSync(recorded, "utf8")) as Exported;
}

describe("the hosts of a stack", () => {
  it("are those of its overlays, with what is expected of them", () => {
    const view = viewOf(exported(), {});
    expect(view.title).to.equal("stack test of recorded");
    expect(view.hosts.map(({ name, address }) => `${name} ${address}`)).to.deep.equal([
      "a 192.168.64.27",
      "b 192.168.64.28",
    ]);
    expect([...view.expected.overlays]).to.deep.equal([["lab", ["a", "b"]]]);
    expect(view.expected.containers).to.deep.include({ overlay: "lab", name: "pink", host: "b", ip: "7.7.7.3" });
  });

  it("are read through the engine's marks of secrets", () => {
    const state = exported();
    const overlay = state.deployment.resources.find(({ type }) => type.endsWith(":Overlay"));
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const hosts = { a: { address: "192.168.64.27", connection: { password: { ...secret, plaintext: '"hidden"' } } } };
    overlay!.outputs["hosts"] = { ...secret, plaintext: JSON.stringify(hosts) };
    expect(viewOf(state, {}).hosts).to.deep.equal([
      { name: "a", address: "192.168.64.27", connection: { password: "hidden" } },
    ]);
  });

  it("take the stack's configuration", () => {
    const { config } = viewOf(exported(), { "overlaynet:user": { value: "deploy", secret: false } });
    expect(config.text("user")).to.equal("deploy");
  });

  it("of one name and several addresses are told apart", () => {
    const state = exported();
    const overlay = state.deployment.resources.find(({ type }) => type.endsWith(":Overlay"));
    const other = structuredClone(overlay!);
    other.outputs = { ...other.outputs, name: "other", hosts: { a: { address: "192.168.64.50" } } };
    state.deployment.resources.push(other);
    expect(viewOf(state, {}).hosts.map(({ name }) => name)).to.deep.equal(["a@192.168.64.27", "b", "a@192.168.64.50"]);
  });

  it("are none without a pulumi or a project, which is said with what to do", async () => {
    const error = await rejectedWith(
      UsageError,
      operatorHosts({ host: [], cwd: "/nonexistent", timeout: 1000 }, () => undefined),
    );
    expect(error.message).to.match(/hosts of a stack.*give --cwd, --stack, or hosts by --host name=user@address/);
  });

  it("are none for the same reason each time, when all that pulumi is asked fails", async () => {
    const folder = await mkdtemp(join(tmpdir(), "overlaynet-pulumi-"));
    const slow = '#!/bin/sh\n[ "$1" = stack ] && sleep 0.2\necho "error: no stack named none" >&2; exit 1\n';
    await writeFile(join(folder, "pulumi"), slow, { mode: 0o755 });
    const path = process.env["PATH"];
    process.env["PATH"] = `${folder}:${path ?? ""}`;
    try {
      const error = await rejectedWith(UsageError, readStack({ stack: "none" }));
      expect(error.message).to.match(/^`pulumi stack export`: no stack named none; /);
    } finally {
      process.env["PATH"] = path;
      await rm(folder, { recursive: true });
    }
  });
});

describe("hosts given by hand", () => {
  it("are a name, a way to log in, and an address", () => {
    expect(givenHost("a=root@192.168.64.27")).to.deep.equal({
      name: "a",
      address: "192.168.64.27",
      connection: { user: "root" },
    });
    expect(givenHost("b=192.168.64.28:2222")).to.deep.equal({
      name: "b",
      address: "192.168.64.28",
      connection: { port: 2222 },
    });
    expect(isGiven("a")).to.equal(false);
    expect(givenConfig("~/key").text("privateKeyPath")).to.equal("~/key");
  });

  for (const text of ["=root@x", "a=", "a=root@", "a=x:99999", "a b=x"]) {
    it(`are not ${JSON.stringify(text)}`, () => {
      expect(() => givenHost(text)).to.throw(UsageError, "expected name=user@address");
    });
  }

  it("are not mixed with a stack's", async () => {
    const mixed = operatorHosts({ host: ["a", "b=root@x"], timeout: 1000 }, () => undefined);
    expect((await rejectedWith(UsageError, mixed)).message).to.match(/not both/);
  });
});
