import * as z from "zod";

/*
 * What is read of the JSON of `ip -j` and `bridge -j`; fields that other versions add are ignored.
 */

const Link = z.object({
  ifname: z.string(),
  ifindex: z.number(),
  flags: z.array(z.string()),
  mtu: z.number(),
  address: z.string().optional(),
  master: z.string().optional(),
  ifalias: z.string().optional(),
  group: z.string().optional(),
  link_index: z.number().optional(),
  link: z.string().nullish(),
  link_netnsid: z.number().optional(),
  linkinfo: z.object({ info_kind: z.string().optional(), info_data: z.unknown().optional() }).optional(),
  addr_info: z
    .array(
      z.object({
        family: z.string(),
        local: z.string().optional(),
        prefixlen: z.number().optional(),
        label: z.string().optional(),
        secondary: z.boolean().optional(),
      }),
    )
    .default([]),
});
export type Link = z.infer<typeof Link>;
export const Links = z.array(Link);

/** A VXLAN device's own part; flags that are off are left out, but for learning. */
export const VxlanData = z.object({
  id: z.number(),
  port: z.number(),
  local: z.string().optional(),
  proxy: z.boolean().default(false),
  learning: z.boolean().default(false),
  l2miss: z.boolean().default(false),
  l3miss: z.boolean().default(false),
});

const Route = z.object({
  gateway: z.string().optional(),
  dev: z.string().optional(),
  protocol: z.string().optional(),
  metric: z.number().optional(),
});
export type Route = z.infer<typeof Route>;
export const Routes = z.array(Route);

export const NamespaceIds = z.array(z.object({ nsid: z.number(), name: z.string().optional() }));

export const FdbEntries = z.array(
  z.object({
    mac: z.string(),
    ifname: z.string(),
    flags: z.array(z.string()).default([]),
    state: z.string().optional(),
    master: z.string().optional(),
  }),
);

export const Names = z.array(z.object({ name: z.string() }));
