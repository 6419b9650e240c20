/** One command of a page, and what it printed when the page was last made. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

/** A page in pieces: text that stays as it is, and sessions on a host, each one shell. */
export type Piece =
  | { readonly kind: "text"; readonly lines: readonly string[] }
  | { readonly kind: "session"; readonly host: string; readonly shown: readonly Shown[] };

const prompt = /^([a-z]+)# (.*)$/;

/**
 * Reads a Markdown page. A block fenced as `console` is a session: lines such as `a# ip link` are commands for host a, those after each are
 * what it printed.
 *
 * @throws Error a sentence that names the line, when a session's host is missing or changes
 */
export function parsePage(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plain: string[] = [];
  let session: { host: string; shown: { command: string; output: string[] }[] } | undefined;
  text.split("\n").forEach((line, index) => {
    if (session === undefined) {
      plain.push(line);
      if (line !== "```console") return;
      pieces.push({ kind: "text", lines: plain });
      plain = [];
      session = { host: "", shown: [] };
    } else if (line === "```") {
      if (session.shown.length === 0) throw new Error(`line ${index + 1}: a session without a command`);
      pieces.push({ kind: "session", ...session });
      session = undefined;
      plain = [line];
    } else {
      const [, host, command] = prompt.exec(line) ?? [];
      const last = session.shown.at(-1);
      if (host !== undefined && command !== undefined) {
        if (last !== undefined && host !== session.host)
          throw new Error(`line ${index + 1}: a session is on one host, ${session.host}`);
        session.host = host;
        session.shown.push({ command, output: [] });
      } else if (last === undefined) throw new Error(`line ${index + 1}: a session begins with a command`);
      else last.output.push(line);
    }
  });
  pieces.push({ kind: "text", lines: plain });
  return pieces;
}

/** The page's text again: what {@link parsePage} read, or with other outputs. */
export function renderPage(pieces: readonly Piece[]): string {
  const lines = pieces.flatMap((piece) => {
    if (piece.kind === "text") return piece.lines;
    return piece.shown.flatMap(({ command, output }) => [`${piece.host}# ${command}`, ...output]);
  });
  return lines.join("\n");
}

/** What differs from run to run, and what stands for it in a comparison. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/time=[\d.]+ ms/g, "time=T ms"],
  [/, time \d+ms/g, ", time T"],
  [/^(rtt min\/avg\/max\/mdev) = .*/g, "$1"],
  [/@if\d+/g, "@ifN"],
  [/ link-netnsid \d+/g, " link-netnsid N"],
  // A veth's end in the overlay's namespace has a MAC by chance.
  [/^(veth.*UP +)[0-9a-f:]{17}/g, "$1M"],
  // The port is made from the inner packet's addresses with a secret of the boot's; the identifier is the ping's.
  [/192\.168\.64\.(\d+)\.\d+ > /g, "192.168.64.$1.P > "],
  [/ id \d+, seq/g, " id N, seq"],
  [/packets \d+ bytes \d+/g, "packets N bytes N"],
  // What a neighbour that answered becomes when nobody has asked for a while.
  [/ (REACHABLE|STALE|DELAY|PROBE)$/g, " ANSWERED"],
];

/** A line with all that varies replaced, for comparing two runs. */
export function normalise(line: string): string {
  return varying.reduce((text, [pattern, stands]) => text.replace(pattern, stands), line);
}
