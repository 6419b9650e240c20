/** One line of `vagrant --machine-readable`: https://developer.hashicorp.com/vagrant/docs/cli/machine-readable */
export interface Row {
  /** The machine's name; empty when it is about none. */
  readonly machine: string;
  /** What the line tells: "ui", "state", "ssh-config", "error-exit" … */
  readonly type: string;
  readonly data: readonly string[];
}

/** Reads one line; undefined when it is none of Vagrant's (a warning of Ruby's, an empty line). */
export function parseRow(line: string): Row | undefined {
  const [time, machine, type, ...data] = line.split(",").map(unescape);
  if (time === undefined || !/^\d+$/.test(time) || machine === undefined || type === undefined) return undefined;
  return { machine, type, data };
}

/** Vagrant writes commas and line ends of a value so that they do not end it. */
function unescape(value: string): string {
  return value.replaceAll("%!(VAGRANT_COMMA)", ",").replaceAll("\\n", "\n").replaceAll("\\r", "\r");
}

/** The error that Vagrant ended with, if it says one, without the traces of Ruby's stack. */
export function errorOf(rows: readonly Row[]): string | undefined {
  const text = rows.find((row) => row.type === "error-exit")?.data.at(1);
  return text?.replace(/^\/.+\.rb:\d+:in .*\n?/gm, "").replace(/\n{2,}/g, "\n");
}

/** What `vagrant up` and the like say to people, without the details that make up most of it: `a: Starting domain.` */
export function progressOf({ machine, type, data: [level, text = ""] }: Row): string | undefined {
  if (type !== "ui" || (level !== "info" && level !== "output")) return undefined;
  const said = (text.trim().split("\n")[0] ?? "").replace(/^==> [\w-]+: /, "").trim();
  return said === "" || said.startsWith("--") ? undefined : `${machine === "" ? "vagrant" : machine}: ${said}`;
}

/** Where SSH reaches a machine: what `vagrant ssh-config` says of it. */
export interface SshConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** @throws when a line that every such text has is missing. */
export function parseSshConfig(text: string): SshConfig {
  const value = (key: string): string => {
    const found = new RegExp(`^\\s*${key} (.+)$`, "m").exec(text)?.[1];
    if (found === undefined) throw new Error(`vagrant ssh-config has no ${key}:\n${text}`);
    return found;
  };
  return { host: value("HostName"), port: Number(value("Port")), user: value("User") };
}
