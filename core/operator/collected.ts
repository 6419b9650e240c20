import * as z from "zod";

/** Characters of one file, of one part of it, and files of one host, at the most. */
export const collectedLimits = { file: 1_000_000, part: 64_000, files: 2000 };

/** A piece of a file of a report. Pieces of one file come in order. */
export const CollectedPart = z.object({
  /** The file's name, without a folder. */
  file: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/i),
  text: z.string().max(collectedLimits.part),
});
export type CollectedPart = z.infer<typeof CollectedPart>;

/** The end of the answer to `collect`. */
export const CollectedEnd = z.object({ files: z.number() });
export type CollectedEnd = z.infer<typeof CollectedEnd>;
