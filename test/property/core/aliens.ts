import type { ModelKernel } from "../../model-kernel/kernel.js";
import type { Link, Namespace } from "../../model-kernel/state.js";

/** Something that is not ours, and whether it is still as it was. */
interface Alien {
  readonly what: string;
  /** Whether the namespace and device that it is in or on are still the same ones. */
  hasGround(): boolean;
  isThere(): boolean;
}

/** Puts objects that belong to nobody beside ours and into ours, and tells later which of them are missing. */
export class Aliens {
  readonly #kernel: ModelKernel;
  readonly #aliens: Alien[] = [];

  constructor(kernel: ModelKernel) {
    this.#kernel = kernel;
    this.#namespace();
    for (const namespace of kernel.namespaces.values()) {
      if (namespace.name.startsWith("alien")) continue;
      this.#device(namespace);
      for (const link of namespace.links.values()) {
        if (link.name === "lo" || link.name.startsWith("alien")) continue;
        this.#address(link);
        if (link.master !== undefined) this.#entry(link);
      }
    }
  }

  /** Those that are gone, or changed, though what they were on is still there. */
  missing(): string[] {
    return this.#aliens.filter((alien) => alien.hasGround() && !alien.isThere()).map(({ what }) => what);
  }

  #namespace(): void {
    const kernel = this.#kernel;
    if (!kernel.namespaces.has("alien")) {
      kernel.command("ip", undefined, "netns add alien");
      kernel.command("ip", undefined, "link add name vxlan1 netns alien type vxlan id 44 dstport 4789");
      kernel.command("ip", "alien", "link add name br0 type bridge");
      kernel.command("ip", "alien", "link set dev vxlan1 alias somebody master br0 up");
      kernel.command("ip", "alien", "address add 7.7.7.1/24 dev br0");
      kernel.command("ip", "alien", "link set dev lo alias overlaynet:lab2:overlay:lab2:u0");
    }
    const before = JSON.stringify(kernel.observe().get("alien"));
    this.#aliens.push({
      what: "namespace alien",
      hasGround: () => true,
      isThere: () => JSON.stringify(kernel.observe().get("alien")) === before,
    });
  }

  #device(namespace: Namespace): void {
    if (!namespace.links.has("alien0")) {
      this.#kernel.command("ip", namespace.name, "link add name alien0 type bridge");
      this.#kernel.command("ip", namespace.name, "link set dev alien0 mtu 1234 up");
    }
    const link = namespace.links.get("alien0");
    this.#aliens.push({
      what: `alien0 in ${namespace.name}`,
      hasGround: () => this.#kernel.namespaces.get(namespace.name) === namespace,
      isThere: () => link !== undefined && namespace.links.get("alien0") === link && link.mtu === 1234 && link.up,
    });
  }

  #address(link: Link): void {
    const first = link.addresses.find((address) => address.prefix < 32);
    const beside = first === undefined ? "9.9.9.9/32" : `${first.ip.replace(/\d+$/, "99")}/${first.prefix}`;
    for (const text of new Set(["9.9.9.9/32", beside])) {
      const [ip = "", prefix = ""] = text.split("/");
      const isThere = (): boolean => link.addresses.some((one) => one.ip === ip && one.prefix === Number(prefix));
      if (!isThere()) this.#kernel.command("ip", link.namespace.name, `address add ${text} dev ${link.name}`);
      this.#aliens.push({ what: `${text} on ${link.name}`, hasGround: () => this.#stands(link), isThere });
    }
  }

  #entry(link: Link): void {
    const mac = `02:99:00:00:00:${link.index.toString(16).padStart(2, "0")}`;
    const { name, master, namespace } = link;
    this.#kernel.command("bridge", namespace.name, `fdb replace ${mac} dev ${name} master static`);
    this.#aliens.push({
      what: `entry of ${mac} on ${name}`,
      hasGround: () => this.#stands(link) && link.master === master && master !== undefined && this.#stands(master),
      isThere: () => namespace.entries.get(mac)?.device === link,
    });
  }

  #stands(link: Link): boolean {
    const { namespace, name } = link;
    return this.#kernel.namespaces.get(namespace.name) === namespace && namespace.links.get(name) === link;
  }
}
