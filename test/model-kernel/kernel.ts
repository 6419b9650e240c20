import { type Batch, argvOf, type FilterId, type Observation, stdinOf, type Tables } from "@overlaynet/core";
import { addAddress, deleteAddress, reaches, replaceAddress } from "./address.js";
import { linkAdd, linkDelete, linkSet } from "./link-commands.js";
import { transact } from "./nft.js";
import { observe, observeTables } from "./observe.js";
import { dropLink, linkOf, type Namespace, newNamespace, Refused } from "./state.js";
import { unknown, Words } from "./words.js";

/** What a process leaves: as the runner of an agent sees it. */
export interface Ran {
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * A kernel in memory that takes `ip`, `bridge` and `nft` batches and refuses what Linux refuses, in the words that `ip` says it with.
 * test/lab/kernel.test.ts holds the same commands against the real one.
 */
export class ModelKernel {
  readonly root: Namespace = newNamespace("");
  readonly namespaces = new Map<string, Namespace>();

  /** Runs a batch as `argvOf` and `stdinOf` give it; stops before a line's number, as if the process were killed there. */
  run(batch: Batch, killedBefore = Infinity): Ran {
    if (batch.tool === "nft") return this.#transact(batch, killedBefore);
    const argv = argvOf(batch);
    const at = argv.indexOf("-n");
    const inside = at === -1 ? undefined : argv[at + 1];
    if (inside !== undefined && !this.namespaces.has(inside)) {
      return { stderr: `Cannot open network namespace "${inside}": No such file or directory\n`, exitCode: 255 };
    }
    const lines = stdinOf(batch).split("\n").slice(0, -1);
    let stderr = "";
    for (const [index, line] of lines.entries()) {
      if (index >= killedBefore) return { stderr, exitCode: 137 };
      try {
        this.command(argv[0] ?? "", inside, line);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.exits) return { stderr: `${stderr}${error.message}\n`, exitCode: 255 };
        stderr += `${error.message}\nCommand failed -:${index + 1}\n`;
      }
    }
    return { stderr, exitCode: stderr === "" ? 0 : 1 };
  }

  /** One command, as a person types it. @throws Refused */
  command(tool: string, inside: string | undefined, line: string): void {
    const namespace = inside === undefined ? this.root : this.find(inside);
    const words = new Words(line);
    const [object, verb] = [words.take(), words.take()];
    switch (`${tool} ${object} ${verb}`) {
      case "ip netns add":
        this.addNamespace(words.take());
        break;
      case "ip netns delete":
        this.deleteNamespace(words.take());
        break;
      case "ip link add":
        this.addLink(words, namespace);
        break;
      case "ip link set":
        linkSet(words, namespace);
        break;
      case "ip link delete":
        linkDelete(words, namespace);
        break;
      case "ip address add":
      case "ip address replace":
      case "ip address delete":
        address(words, namespace, verb);
        break;
      case "ip route replace":
      case "ip route delete":
        route(words, namespace, verb);
        break;
      case "bridge fdb replace":
      case "bridge fdb delete":
        entry(words, namespace, verb);
        break;
      default:
        throw unknown(`${object} ${verb}`);
    }
    if (!words.empty) throw unknown(words.take());
  }

  /** What `nft` would show of tables, read as an agent reads it. */
  tables(asked: readonly FilterId[]): Tables {
    return observeTables(this, asked);
  }

  /** What `ip` and `bridge` would show, read as an agent reads it. */
  observe(asked: Iterable<string> = []): Observation {
    return observe(this, asked);
  }

  /** Killed before its end it has done nothing. */
  #transact(batch: Batch, killedBefore: number): Ran {
    const namespace = batch.namespace === undefined ? this.root : this.namespaces.get(batch.namespace);
    if (namespace === undefined) {
      return { stderr: `nsenter: cannot open /run/netns/${batch.namespace}: No such file or directory\n`, exitCode: 1 };
    }
    const lines = stdinOf(batch).split("\n").slice(0, -1);
    if (killedBefore < lines.length) return { stderr: "", exitCode: 137 };
    try {
      transact(namespace, lines);
      return { stderr: "", exitCode: 0 };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { stderr: `/dev/stdin:1:1-1: ${error.message}\n`, exitCode: 1 };
    }
  }

  private find(name: string): Namespace {
    const namespace = this.namespaces.get(name);
    if (namespace === undefined) throw new Refused(`Error: argument "${name}" is wrong: Invalid "netns" value\n`, true);
    return namespace;
  }

  private addNamespace(name: string): void {
    if (this.namespaces.has(name)) throw new Refused(`Cannot create namespace file "/run/netns/${name}": File exists`);
    this.namespaces.set(name, newNamespace(name));
  }

  private deleteNamespace(name: string): void {
    const namespace = this.namespaces.get(name);
    if (namespace === undefined) {
      throw new Refused(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`);
    }
    for (const link of namespace.links.values()) dropLink(link);
    this.namespaces.delete(name);
  }

  /** VNI and port exist once for all devices whose socket is in one namespace (vxlan_dev_configure). */
  private addLink(words: Words, from: Namespace): void {
    const before = this.vxlans();
    linkAdd(words, from, (name) => this.find(name));
    const added = this.vxlans().find((link) => !before.includes(link));
    if (added === undefined) return;
    const clashes = before.some(
      ({ vxlan }) =>
        vxlan?.socket === added.vxlan?.socket && vxlan?.vni === added.vxlan?.vni && vxlan?.port === added.vxlan?.port,
    );
    if (!clashes) return;
    dropLink(added);
    throw new Refused("Error: A VXLAN device with the specified VNI already exists.");
  }

  private vxlans(): ReturnType<typeof linkOf>[] {
    const all = [this.root, ...this.namespaces.values()].flatMap(({ links }) => [...links.values()]);
    return all.filter(({ vxlan }) => vxlan !== undefined);
  }
}

function address(words: Words, namespace: Namespace, verb: string): void {
  const [ip = "", prefix = ""] = words.take().split("/");
  words.expect("dev");
  const link = linkOf(namespace, words.take());
  const label = words.has("label") ? words.take() : link.name;
  if (verb === "add") addAddress(link, ip, Number(prefix), label);
  else if (verb === "replace") replaceAddress(link, ip, Number(prefix), label);
  else deleteAddress(link, ip, Number(prefix));
}

function route(words: Words, namespace: Namespace, verb: string): void {
  words.expect("default");
  words.expect("via");
  const via = words.take();
  words.expect("dev");
  const device = linkOf(namespace, words.take());
  const protocol = words.has("protocol") ? Number(words.take()) : 3;
  const metric = words.has("metric") ? Number(words.take()) : 0;
  if (verb === "replace") {
    if (!reaches(device, via)) throw new Refused("Error: Nexthop has invalid gateway.");
    namespace.routes = [
      ...namespace.routes.filter((other) => other.metric !== metric),
      { via, device, protocol, metric },
    ];
    return;
  }
  const gone = namespace.routes.find((other) => other.via === via && other.device === device);
  if (gone === undefined) throw new Refused("RTNETLINK answers: No such process");
  namespace.routes = namespace.routes.filter((other) => other !== gone);
}

function entry(words: Words, namespace: Namespace, verb: string): void {
  const mac = words.take();
  words.expect("dev");
  const device = linkOf(namespace, words.take());
  words.expect("master");
  if (device.master === undefined) throw new Refused("RTNETLINK answers: Operation not supported");
  if (verb === "replace") {
    words.expect("static");
    namespace.entries.set(mac, { device, sticky: words.has("sticky") });
    return;
  }
  if (namespace.entries.get(mac)?.device !== device) throw new Refused("RTNETLINK answers: No such file or directory");
  namespace.entries.delete(mac);
}
