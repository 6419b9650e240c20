import { styleText } from "node:util";
import type { Output, World } from "../world.js";

type Format = Parameters<typeof styleText>[0];

/** How text is made to stand out: not at all unless a person looks at a terminal. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** Whether there are to be colours was decided here, by where they go: not by what Node.js finds its own standard output to be. */
const always = { validateStream: false };

const plain = (text: string): string => text;

/** No colours at all. */
export const noStyle: Style = { good: plain, bad: plain, doubtful: plain, faint: plain, strong: plain };

/** Colours on a terminal that has them, unless NO_COLOR is set (no-color.org); FORCE_COLOR asks for them anywhere. */
export function styleFor(output: Output, env: World["env"]): Style {
  const set = (key: string): boolean => (env[key] ?? "") !== "";
  const forced = set("FORCE_COLOR") && env["FORCE_COLOR"] !== "0";
  if (set("NO_COLOR") || (!forced && (output.isTTY !== true || env["TERM"] === "dumb"))) return noStyle;
  const paint = (format: Format) => (text: string) => (text === "" ? text : styleText(format, text, always));
  return {
    good: paint("green"),
    bad: paint("red"),
    doubtful: paint("yellow"),
    faint: paint("gray"),
    strong: paint("bold"),
  };
}
