import { NUD } from "@overlaynet/agent/netlink/index";
import { type Ip, ipToNumber, type Mac, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import fc from "fast-check";
import type { Table } from "@overlaynet/agent/records/index";
import { errno, type Fault } from "../../../unit/agent/entries/fault.js";
import { here } from "../../../unit/core/resolver/samples.js";

/** As the resolver holds them. */
export const ipNumber = ipToNumber;
export const macNumber = macToNumber;

/* Few of each, so that histories meet: addresses share MACs, containers move, what is foreign gets a record later. */
export const ips = ["7.7.7.2", "7.7.7.3", "7.7.7.4", "7.7.7.1", "8.8.8.8"].map(parseIp);
export const macs = ["02:42:07:07:07:02", "02:42:07:07:07:03", "02:42:07:07:07:04"].map(parseMac);
const vteps = [here, parseIp("192.168.64.28"), parseIp("192.168.64.29")];

const ip = fc.constantFrom(...ips, ...ips.slice(0, 2), ...ips.slice(0, 2));
const mac = fc.constantFrom(...macs);
const vtep = fc.constantFrom(...vteps);
const state = fc.constantFrom(NUD.PERMANENT, NUD.STALE, NUD.FAILED, NUD.REACHABLE);
const table = fc.constantFrom("arp" as const, "fdb" as const);
const told = fc.boolean();

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    refuses: fc.array(fc.constantFrom(0, errno.EPERM, errno.ENOMEM, errno.EBUSY, errno.ENOSPC, errno.ENOBUFS), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({
    fails: fc.constantFrom(errno.ENOBUFS, errno.EINTR, errno.ETIMEDOUT, errno.ENOMEM),
    after: fc.integer({ min: 0, max: 3 }),
  }),
);

/** One thing that happens. `told`: whether the watch hears of it; if not, it is found by looking. */
export type Step =
  | { readonly do: "record address"; readonly ip: Ip; readonly mac: Mac | undefined; readonly told: boolean }
  | { readonly do: "record place"; readonly mac: Mac; readonly vtep: Ip | undefined; readonly told: boolean }
  | { readonly do: "address used again"; readonly ip: Ip; readonly mac: Mac; readonly vtep: Ip; readonly told: boolean }
  | {
      readonly do: "half written";
      readonly table: Table;
      readonly ip: Ip;
      readonly mac: Mac;
      readonly text: string;
      readonly told: boolean;
    }
  | { readonly do: "folder"; readonly table: Table; readonly away: boolean }
  | { readonly do: "neighbour by hand"; readonly ip: Ip; readonly mac: Mac; readonly state: number }
  | { readonly do: "forwarding by hand"; readonly mac: Mac; readonly vtep: Ip; readonly permanent: boolean }
  | { readonly do: "learn"; readonly mac: Mac; readonly vtep: Ip }
  | { readonly do: "delete neighbour" | "l3 miss"; readonly ip: Ip }
  | { readonly do: "delete forwarding" | "l2 miss"; readonly mac: Mac }
  | { readonly do: "fault"; readonly fault: Fault }
  | { readonly do: "link"; readonly up: boolean }
  | { readonly do: "device replaced" | "overrun" | "killed" | "interval" | "turn" };

export const step: fc.Arbitrary<Step> = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ do: fc.constant("record address" as const), ip, mac: fc.option(mac, { nil: undefined }), told }),
  fc.record({ do: fc.constant("record place" as const), mac, vtep: fc.option(vtep, { nil: undefined }), told }),
  fc.record({ do: fc.constant("address used again" as const), ip, mac, vtep, told }),
  fc.record({
    do: fc.constant("half written" as const),
    table,
    ip,
    mac,
    text: fc.constantFrom("", "\n", "nonsense"),
    told,
  }),
  fc.record({ do: fc.constant("folder" as const), table, away: fc.boolean() }),
  fc.record({ do: fc.constant("neighbour by hand" as const), ip, mac, state }),
  fc.record({ do: fc.constant("forwarding by hand" as const), mac, vtep, permanent: fc.boolean() }),
  fc.record({ do: fc.constant("learn" as const), mac, vtep }),
  fc.record({ do: fc.constant("delete neighbour" as const), ip }),
  fc.record({ do: fc.constant("delete forwarding" as const), mac }),
  fc.record({ do: fc.constant("l3 miss" as const), ip }),
  fc.record({ do: fc.constant("l2 miss" as const), mac }),
  fc.record({ do: fc.constant("fault" as const), fault }),
  fc.record({ do: fc.constant("link" as const), up: fc.boolean() }),
  fc.constant({ do: "device replaced" as const }),
  fc.constant({ do: "overrun" as const }),
  fc.constant({ do: "killed" as const }),
  fc.constant({ do: "interval" as const }),
  fc.constant({ do: "turn" as const }),
  fc.constant({ do: "turn" as const }),
);
