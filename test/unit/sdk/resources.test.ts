import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type { Container as ContainerClass, NeighEntry as NeighEntryClass, Overlay as OverlayClass } from "overlaynet";
import { withSecrets } from "overlaynet/secrets";
import { members } from "./declared.js";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Mocks do not call the provider: they show what a program registers. */
class Monitor implements pulumi.runtime.Mocks {
  readonly registered: Registered[] = [];

  newResource(given: pulumi.runtime.MockResourceArgs): { id: string; state: Record<string, unknown> } {
    const { type, name } = given;
    const inputs = given.inputs as Record<string, unknown>;
    this.registered.push({ type, name, inputs });
    return {
      id: `${name}-id`,
      state: { ...inputs, status: { a: "ready" }, overlayId: `${name}-id`, netnsPath: "/run/netns/red" },
    };
  }

  call(): Record<string, unknown> {
    return {};
  }

  of(name: string): Registered {
    const found = this.registered.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not registered`);
    return found;
  }
}

const secretMark = "4dabf18193072939515e22adb298388d";

/** True for a value that the engine is told is secret. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && secretMark in value;
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

describe("the resources of a program", () => {
  const monitor = new Monitor();
  let Overlay: typeof OverlayClass;
  let Container: typeof ContainerClass;
  let NeighEntry: typeof NeighEntryClass;
  let net: OverlayClass;
  let red: ContainerClass;
  let printer: NeighEntryClass;

  before(async () => {
    await pulumi.runtime.setMocks(monitor, "project", "stack");
    ({ Overlay, Container, NeighEntry } = await import("overlaynet"));
    net = new Overlay("lab", {
      vni: 42,
      cidr: "7.7.7.0/24",
      gateway: "7.7.7.1",
      hosts: {
        a: {
          address: "192.168.64.27",
          connection: { user: "root", privateKey: "canary", proxy: { password: "canary" } },
        },
        b: { address: pulumi.output("192.168.64.28") },
      },
    });
    red = new Container("red", { overlay: net, host: "a", ip: "7.7.7.2" });
    printer = new NeighEntry("printer", {
      overlay: net,
      ip: "7.7.7.9",
      mac: "02:42:c0:a8:00:04",
      vtep: "192.168.64.40",
    });
    await Promise.all([net, red, printer].map((resource) => valueOf(resource.urn)));
  });

  it("have the tokens that states hold", () => {
    expect(monitor.registered.map(({ type }) => type)).to.have.members(
      ["Overlay", "Container", "NeighEntry"].map((kind) => `pulumi-nodejs:dynamic/overlaynet:${kind}`),
    );
  });

  it("say who they are, and take their names when they have no other", () => {
    const { name, owner } = monitor.of("red").inputs;
    expect([name, owner]).to.deep.equal(["red", { project: "project", stack: "stack", resource: "red" }]);
  });

  it("share one text of the provider per kind", async () => {
    const before = monitor.of("red").inputs["__provider"];
    const blue = new Container("blue", { overlay: net, host: "b", ip: "7.7.7.5" });
    await valueOf(blue.urn);
    expect(monitor.of("blue").inputs["__provider"]).to.equal(before);
  });

  it("mark keys and passwords secret, leaf by leaf", async () => {
    const connection = {
      user: "root",
      privateKey: "canary",
      privateKeyPassword: pulumi.output("canary"),
      password: undefined,
      proxy: { password: "canary", host: "jump" },
    };
    const hosts = { a: { address: "10.0.0.1", connection }, b: { address: pulumi.output("10.0.0.2") } };
    const sent = (await pulumi.runtime.serializeProperties("test", { hosts: withSecrets(hosts) })) as {
      hosts: unknown;
    };
    const secret = { [secretMark]: "1b47061264138c4ac30d75fd1eb44270", value: "canary" };
    expect(sent.hosts).to.deep.equal({
      a: {
        address: "10.0.0.1",
        connection: {
          user: "root",
          privateKey: secret,
          privateKeyPassword: secret,
          proxy: { password: secret, host: "jump" },
        },
      },
      b: { address: "10.0.0.2" },
    });
  });

  it("mark the whole of what is known only later secret, when there is a key in it, and nothing else", async () => {
    const marked = async (hosts: unknown): Promise<boolean> => {
      const sent = await pulumi.runtime.serializeProperties("test", { hosts: withSecrets(pulumi.output(hosts)) });
      return isSecret(sent["hosts"]);
    };
    expect(await marked({ a: { connection: { password: "canary" } } })).to.equal(true);
    expect(await marked({ a: { connection: { user: "root" } } })).to.equal(false);
  });

  it("pass keys and passwords on as secrets only, to members too", () => {
    // Mocks are handed a nested secret as a secret of the whole input.
    expect(isSecret(monitor.of("lab").inputs["hosts"])).to.equal(true);
    expect(isSecret(monitor.of("red").inputs["overlay"])).to.equal(true);
  });

  it("follow their overlay by its id, and know its arguments", () => {
    const { overlayId, overlay } = monitor.of("printer").inputs;
    expect(overlayId).to.equal("lab-id");
    expect((overlay as { value: unknown }).value).to.deep.include({
      name: "lab",
      cidr: "7.7.7.0/24",
      gateway: "7.7.7.1",
    });
  });

  it("have their outputs", async () => {
    expect(await valueOf(net.status)).to.deep.equal({ a: "ready" });
    expect(await valueOf(red.netnsPath)).to.equal("/run/netns/red");
    expect(await valueOf(red.ip)).to.equal("7.7.7.2");
  });

  it("are objects with every output that their classes declare", () => {
    const resources = { "overlay.ts": net, "container.ts": red, "neigh-entry.ts": printer };
    for (const [source, resource] of Object.entries(resources)) {
      const declared = members(source, resource.constructor.name).map(({ name }) => name);
      expect(declared.filter((name) => !(name in resource))).to.deep.equal([]);
    }
  });

  it("live in another stack's overlay by a plain reference", async () => {
    const overlay = {
      overlayId: "lab-7",
      name: "lab",
      cidr: "7.7.7.0/24",
      gateway: "7.7.7.1",
      hosts: { a: { address: "10.0.0.1" } },
    };
    const far = new Container("far", { overlay, host: "a", ip: "7.7.7.7" });
    await valueOf(far.urn);
    expect(monitor.of("far").inputs["overlayId"]).to.equal("lab-7");
  });

  it("keep secret what a program adds to another stack's reference, known now or later", async () => {
    const hosts = { a: { address: "10.0.0.1", connection: { user: "admin", password: "canary" } } };
    const overlay = { overlayId: "lab-7", name: "lab", cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts };
    for (const [name, given] of Object.entries({ now: overlay, later: pulumi.output(overlay) })) {
      await valueOf(new Container(name, { overlay: given, host: "a", ip: "7.7.7.7" }).urn);
      expect(isSecret(monitor.of(name).inputs["overlay"]), name).to.equal(true);
    }
  });

  it("are told apart", () => {
    expect(Overlay.isInstance(net)).to.equal(true);
    expect(Overlay.isInstance(red)).to.equal(false);
    expect(Overlay.isInstance(undefined)).to.equal(false);
  });

  it("hands its overlay to other stacks without a secret, and they take it", async () => {
    const hosts = {
      a: {
        address: "192.168.64.27",
        connection: { user: "admin", password: "canary", proxy: { host: "jump", privateKey: "canary" } },
      },
    };
    const own = new Overlay("own", { vni: 45, cidr: "7.9.0.0/24", gateway: "7.9.0.1", port: 4790, mtu: 1400, hosts });
    expect(await pulumi.isSecret(own.ref)).to.equal(false);
    const ref = await valueOf(own.ref);
    expect(ref).to.deep.include({ overlayId: "own-id", name: "own", cidr: "7.9.0.0/24", port: 4790, mtu: 1400 });
    expect(ref.hosts).to.deep.equal({
      a: { address: "192.168.64.27", connection: { user: "admin", proxy: { host: "jump" } } },
    });
    new Container("guest", { overlay: ref, host: "a", ip: "7.9.0.5" });
    await pulumi.runtime.disconnect();
    expect(monitor.of("guest").inputs["overlayId"]).to.equal("own-id");
    expect(monitor.of("guest").inputs["overlay"]).to.deep.include({ name: "own", hosts: ref.hosts });
  });

  it("are made without a stack for each property", () => {
    const before: unknown = Reflect.get(Error, "prepareStackTrace");
    let stacks = 0;
    Error.prepareStackTrace = (error, sites) => {
      if (sites.length > 0) stacks += 1;
      return error.message;
    };
    try {
      new Container("quick", { overlay: net, host: "a", ip: "7.7.7.8" });
    } finally {
      Reflect.set(Error, "prepareStackTrace", before);
    }
    // Where it stands in the program, and a few of the SDK's own.
    expect(stacks).to.be.within(1, 10);
  });

  it("that are refused name their place in the program", () => {
    const limit = Error.stackTraceLimit;
    const make = (): unknown => new Container("", { overlay: net, host: "a", ip: "7.7.7.2" });
    expect(make).to.throw().with.property("stack").that.includes("resources.test");
    expect(Error.stackTraceLimit).to.equal(limit);
  });
});
