import { join } from "node:path";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob } from "../checks/topology.js";
import type { Host, Lab } from "../hosts/index.js";
import { parsePage, type Piece, type Shown } from "./transcript.js";

/** The page whose sessions are run. */
export const page = join(__dirname, "..", "..", "..", "docs", "how-it-works.md");

/** Stands between the outputs of two commands. */
const mark = "-- overlaynet transcript --";

/**
 * Runs the sessions of a page one after the other on a lab's hosts, on which the main job is set up with `resolve: "miss"`: then nothing is known
 * before somebody asks.
 *
 * @returns the page's pieces with what was printed now
 */
export async function walk(lab: Lab, text: string): Promise<Piece[]> {
  const pieces = parsePage(text);
  const stack = await Stack.create(lab, "how-it-works");
  await stack.declare(mainJob(lab, { resolve: "miss" }));
  succeeded("up", await stack.up());
  const walked: Piece[] = [];
  for (const piece of pieces) {
    walked.push(
      piece.kind === "text" ? piece : { ...piece, shown: await runSession(lab.host(piece.host), piece.shown) },
    );
  }
  succeeded("destroy", await stack.destroy());
  return walked;
}

/** One shell for all commands of a session. Those in the background are waited for until they listen: what comes next may be what they are to see. */
async function runSession(host: Host, shown: readonly Shown[]): Promise<Shown[]> {
  let background = 0;
  const lines = shown.map(({ command }) => {
    const listening = command.endsWith(" &") ? `\nlistening ${++background}` : "";
    return `echo '${mark}'\n${command}${listening}`;
  });
  const { stdout } = await host.ssh(["bash", "-s"], {
    input: [prologue, ...lines, epilogue].join("\n"),
    timeout: 60_000,
    reject: false,
  });
  const outputs = stdout.split(mark).slice(1);
  return shown.map(({ command }, index) => {
    const text = (outputs[index] ?? "").replace(/^\n/, "").trimEnd();
    return { command, output: text === "" ? [] : text.split("\n").map((line) => line.trimEnd()) };
  });
}

/** `listening N` returns when N of the session's processes have a netlink socket that is in a group, or a packet socket that is bound; says so after 20 seconds when they have not. */
const prologue = `exec 2>&1
listening() {
  local end=$((SECONDS + 20)) pid inode count
  while [ $SECONDS -lt $end ]; do
    count=0
    for pid in $(pgrep -s 0); do
      for inode in $(awk -v pid=$pid 'FNR > 1 && $3 == pid && $4 !~ /^0+$/ { print $10 }' /proc/$pid/net/netlink 2> /dev/null) \
        $(awk 'FNR > 1 && $6 == 1 { print $9 }' /proc/$pid/net/packet 2> /dev/null); do
        if readlink /proc/$pid/fd/* 2> /dev/null | grep -qF "socket:[$inode]"; then count=$((count + 1)); fi
      done
    done
    if [ $count -ge $1 ]; then return; fi
  done
  echo "only $count of $1 listen"
}`;

/** Ends what still listens. */
const epilogue = "kill $(pgrep -s 0 | grep -vx $$) 2> /dev/null\n";
