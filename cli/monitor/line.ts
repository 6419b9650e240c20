import type { DecodedMessage, Miss } from "@overlaynet/core/operator/index";
import type { MonitorDocument } from "../document/monitor.js";
import type { Style } from "../output/style.js";

/** Columns that lines have in common; longer words make their own line longer. */
const widths = { time: 15, overlay: 8, kind: 4, address: 17, device: 8, answer: 35, from: 26 };

const unanswered: Readonly<Record<Exclude<Miss["answer"], "answered">, string>> = {
  unknown: "unknown",
  local: "lives on this host",
  gateway: "the gateway",
  outside: "not of the network",
  ipv6: "no records for IPv6",
  failed: "refused by the kernel",
  limited: "not looked for, too many",
};

/** What the columns are. @param host width of the hosts' names */
export function heading(host: number, style: Style): string {
  const { time, overlay, kind, address, device, answer, from } = widths;
  const titles = [
    "TIME".padEnd(time),
    "HOST".padEnd(host),
    "OVERLAY".padEnd(overlay),
    "KIND".padEnd(kind),
    "ADDRESS".padEnd(address),
    "DEVICE".padEnd(device),
    "ANSWER".padEnd(answer),
    "FROM".padEnd(from),
    "TOOK",
  ];
  return `${style.strong(titles.join("  "))}\n`;
}

/** An event as a line for people, below it the kernel's message when it is there. @param host width of the hosts' names */
export function lineOf(event: MonitorDocument, host: number, style: Style): string {
  const { miss } = event;
  const head = [timeOfDay(event.time), event.host.padEnd(host), (event.overlay ?? "-").padEnd(widths.overlay)];
  if (miss === undefined) {
    const paint = event.event === "following" ? style.faint : event.event === "lost" ? style.bad : style.doubtful;
    return `${head.join("  ")}  ${paint(event.what ?? "")}\n`;
  }
  const cells = [
    ...head,
    miss.layer.padEnd(widths.kind),
    miss.address.padEnd(widths.address),
    miss.device.padEnd(widths.device),
    answerCell(miss, style),
    `${miss.from}${miss.replied ? ", ARP reply" : ""}`.padEnd(widths.from),
    `${miss.microseconds} µs`,
  ];
  const notes = [
    ...(miss.times > 1 ? [`${miss.times} notices`] : []),
    ...(miss.unexpected ? ["was pushed before"] : []),
  ];
  const noted = notes.length === 0 ? "" : `  (${notes.join(", ")})`;
  return `${cells.join("  ")}${noted}\n${miss.message === undefined ? "" : rawLines(miss.message, miss.device)}`;
}

function answerCell({ answer, mac, vtep }: Miss, style: Style): string {
  if (answer !== "answered") {
    const paint = answer === "failed" ? style.bad : style.doubtful;
    return paint(unanswered[answer].padEnd(widths.answer));
  }
  const where = vtep === undefined ? [] : [`at ${vtep}`];
  return style.good([...(mac === undefined ? [] : [mac]), ...where].join(" ").padEnd(widths.answer));
}

/** Every part of a kernel's message, an attribute a line. */
export function rawLines(message: DecodedMessage, device: string): string {
  const { type, flags, family, ifindex, state, entryFlags, entryType, attributes } = message;
  const parts = [
    `${type}, flags ${flags}`,
    `family ${family}`,
    `ifindex ${ifindex} (${device})`,
    `state ${state.join("|") || "0"}`,
    `flags ${entryFlags.join("|") || "0"}`,
    `type ${entryType}`,
  ];
  const width = Math.max(0, ...attributes.map(({ name }) => name.length));
  const lines = attributes.map(({ name, value }) => `      ${name.padEnd(width)}  ${value}\n`);
  return `    ${parts.join("; ")}\n${lines.join("")}`;
}

/** Of the place where the command runs, as `date` has it: `12:00:00.123456`. */
function timeOfDay(iso: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = new Date(iso);
  const fraction = /\.(\d+)Z$/.exec(iso)?.[1] ?? "";
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${fraction}`;
}
