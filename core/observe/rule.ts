/*
 * Rules of nftables, from JSON (libnftables-json(5)) to the text that nft(8) itself shows, so that they can be compared with those that are wanted.
 */

type Expression = Readonly<Record<string, unknown>>;

/** In the text of a rule: what nft did not say. */
const unsaid = "…";

/**
 * A rule as nft lists it; without what nft adds by itself to tell protocols, and shows or hides as its version does.
 *
 * @param version nft's own. One below 1.0 says in JSON nothing of what an update of a set does besides (seen of 0.9.8, which Debian 11 has).
 */
export function ruleText(expressions: readonly Expression[], version = ""): string {
  const inSets = version.startsWith("0.") ? ` ${unsaid}` : "";
  return expressions
    .filter((one) => !isImplied(one))
    .map((one) => statement(one, inSets))
    .join(" ");
}

/** Whether a rule that was listed is the wanted one, as far as nft says. */
export function isRule(listed: string, wanted: string): boolean {
  const [start = "", ...rest] = listed.split(` ${unsaid}`);
  const end = rest.at(-1);
  if (end === undefined) return listed === wanted;
  return wanted.startsWith(start) && wanted.endsWith(end) && wanted.length >= start.length + end.length;
}

function statement(given: Expression, inSets: string): string {
  const [kind = "", value] = Object.entries(given)[0] ?? [];
  switch (kind) {
    case "match": {
      const { op, left, right } = record(value);
      return [operand(left), ...(op === "==" ? [] : [String(op)]), operand(right)].join(" ");
    }
    case "counter":
      return typeof value === "string" ? `counter name ${value}` : "counter";
    case "goto":
    case "jump":
      return `${kind} ${String(record(value)["target"])}`;
    case "set": {
      const { op, elem, set, stmt } = record(value);
      const inner = Array.isArray(stmt) ? stmt.map((one) => statement(record(one), inSets)) : [];
      return `${String(op)} ${String(set)} { ${[operand(elem), ...inner].join(" ")}${inSets} }`;
    }
    case "limit": {
      const { rate, per, burst, inv } = record(value);
      return `limit rate ${inv === true ? "over " : ""}${String(rate)}/${String(per)} burst ${String(burst)} packets`;
    }
    case "accept":
    case "drop":
    case "return":
      return kind;
    default:
      return JSON.stringify(given);
  }
}

function operand(given: unknown): string {
  if (typeof given === "string" || typeof given === "number") return String(given);
  const [kind = "", value] = Object.entries(record(given))[0] ?? [];
  switch (kind) {
    case "payload": {
      const { protocol, field, ...raw } = record(value);
      if (typeof protocol === "string" && typeof field === "string") return `${protocol} ${field}`;
      return `@${[raw["base"], raw["offset"], raw["len"]].map(String).join(",")}`;
    }
    case "meta": {
      const key = String(record(value)["key"]);
      return key === "iifname" ? key : `meta ${key}`;
    }
    case "concat":
      return Array.isArray(value) ? value.map(operand).join(" . ") : JSON.stringify(given);
    case "&":
      return Array.isArray(value) ? value.map(operand).join(" & ") : JSON.stringify(given);
    default:
      return JSON.stringify(given);
  }
}

/** That a packet is IPv4, ARP or UDP goes without saying before a match of their fields (payload_dependency in nftables' src/payload.c). */
function isImplied(given: Expression): boolean {
  const { op, left, right } = record(given["match"]);
  return (
    op === "==" &&
    /^(ether type|meta (protocol|nfproto|l4proto)|ip protocol)$/.test(operand(left)) &&
    /^(ip|ipv4|arp|udp)$/.test(operand(right))
  );
}

function record(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
}
