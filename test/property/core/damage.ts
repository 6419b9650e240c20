import fc from "fast-check";
import type { ModelKernel } from "../../model-kernel/kernel.js";
import { transact } from "../../model-kernel/nft.js";
import { Refused } from "../../model-kernel/state.js";

/** Things that people do by hand to what is ours, as lines of `ip` in a namespace; `*` stands for each device there. */
const deeds = [
  "link delete dev *",
  "link set dev * mtu 1320",
  "link set dev * address 02:11:22:33:44:55",
  "link set dev * down",
  "link set dev * nomaster",
  "link set dev * alias overlaynet:lab:container:gone:u9",
  "link set dev * alias overlaynet:lab:overlay:lab:u9",
  "link set dev * type vxlan learning",
  "link set dev * type vxlan local 192.168.64.99",
  "address delete 7.7.7.2/24 dev *",
  "address delete 7.7.7.1/24 dev *",
  "address add 7.7.7.200/24 dev * label *:ov",
  "route delete default via 7.7.7.1 dev *",
  "route replace default via 7.7.7.77 dev *",
] as const;

/** The same as lines of `nft`, each as many as can be done. */
const nftDeeds = [
  "nft delete table",
  "nft add element ip overlaynet-lab vteps { 192.168.64.66 }",
  "nft delete element ip overlaynet-lab vteps { 192.168.64.28 }",
  "nft add rule ip overlaynet-lab input accept",
  'nft delete element bridge overlaynet ports { "vethO2" }',
  'nft add element bridge overlaynet senders { "vethO2" . 02:42:07:07:07:09 . 7.7.7.9 }',
  "nft add chain bridge overlaynet more",
] as const;

export interface Damage {
  readonly deed: (typeof deeds)[number] | (typeof nftDeeds)[number] | "netns delete" | "fdb delete";
  /** Which of the namespaces, and of the devices in it, that can be found when it is done. */
  readonly where: number;
  readonly which: number;
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  deed: fc.constantFrom(...deeds, ...nftDeeds, "netns delete" as const, "fdb delete" as const),
  where: fc.nat({ max: 20 }),
  which: fc.nat({ max: 20 }),
});

/** Does it, to namespaces that are not in `spared`; what the kernel refuses is not done. */
export function inflict(kernel: ModelKernel, { deed, where, which }: Damage, spared: readonly string[]): void {
  const namespaces = [...kernel.namespaces.values()].filter(({ name }) => !spared.includes(name));
  const namespace = namespaces[where % Math.max(1, namespaces.length)];
  if (namespace === undefined) return;
  if (deed === "netns delete") {
    kernel.command("ip", undefined, `netns delete ${namespace.name}`);
    return;
  }
  if (deed.startsWith("nft ")) {
    for (const place of [kernel.root, namespace]) {
      const tables = [...place.tables.keys()].map((name) => `delete table ${name}`);
      attempt(() => {
        transact(place, deed === "nft delete table" ? tables : [deed.slice("nft ".length)]);
      });
    }
    return;
  }
  if (deed === "fdb delete") {
    const entry = [...namespace.entries][which % Math.max(1, namespace.entries.size)];
    if (entry !== undefined)
      kernel.command("bridge", namespace.name, `fdb delete ${entry[0]} dev ${entry[1].device.name} master`);
    return;
  }
  const links = [...namespace.links.values()].filter(({ name }) => name !== "lo" && !name.startsWith("alien"));
  const link = links[which % Math.max(1, links.length)];
  if (link === undefined) return;
  attempt(() => {
    kernel.command("ip", namespace.name, deed.replaceAll("*", link.name));
  });
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
