import * as z from "zod";
import { schema } from "../desired/schema.js";
import { readAs } from "./read-as.js";

/** How many records one message of the session holds: well below its longest line. */
export const recordsPerMessage = 2000;

/** One record as a host has it: an address, and what is known of it. */
export const RecordEntry = z.object({
  /** The address in the overlay; absent for a file fdb/<mac> whose MAC no address has. */
  ip: readAs(schema.ip).optional(),
  mac: readAs(schema.mac),
  /** The underlay address of the host it is on; absent for a file arp/<ip> whose MAC no file in fdb/ names. */
  vtep: readAs(schema.ip).optional(),
  /** What asked for it: a container, a neighbour entry, or a person who wrote the files. */
  origin: z.enum(["container", "neigh", "by hand"]),
  /** The name of the container or neighbour entry. */
  name: z.string().optional(),
});
export type RecordEntry = z.infer<typeof RecordEntry>;

/** One message of the answer to `records`. */
export const RecordsPart = z.object({ records: z.array(RecordEntry) });

/** The end of the answer to `records`. */
export const RecordsEnd = z.object({
  /** The folder that holds arp/ and fdb/. */
  storage: z.string(),
  /** All there are, also beyond the limit. */
  total: z.number(),
  /** Files that cannot be read, a sentence each. */
  complaints: z.array(z.string()),
});
export type RecordsEnd = z.infer<typeof RecordsEnd>;

/** The answer to `editRecords`: what was done, each record as `arp/7.7.7.2`. */
export const RecordsEdited = z.object({ written: z.array(z.string()), removed: z.array(z.string()) });
export type RecordsEdited = z.infer<typeof RecordsEdited>;
