/** `npm run bench:move [-- MOVES]`: how long a peer's traffic is interrupted when a container moves to another host. */
import { parsePing } from "@overlaynet/test/checks/ping";
import { Stack, succeeded } from "@overlaynet/test/checks/stack";
import { mainJob, type Topology } from "@overlaynet/test/checks/topology";
import { Lab } from "@overlaynet/test/hosts/lab";
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { quantile } from "../statistics.js";

const name = "bench-move";
/** Milliseconds between two pings of the peer: what an interruption is measured in. */
const interval = 5;

interface Interruptions {
  /** Milliseconds without an answer, one for each change. */
  readonly times: readonly number[];
}

async function main(): Promise<void> {
  const moves = Number(process.argv[2] ?? 10);
  if (!Number.isInteger(moves) || moves < 1 || moves > 20) throw new Error("MOVES is a whole number from 1 to 20");
  const lab = await Lab.up({ name, hosts: 3 });
  try {
    const stack = await Stack.create(lab, "move");
    const on = (host: string): Topology => {
      const { overlays, containers } = mainJob(lab);
      const { red, pink } = containers as Required<Pick<Topology["containers"], "red" | "pink">>;
      return { overlays, containers: { red, pink: { ...pink, host } } };
    };
    await stack.declare(on("b"));
    succeeded("up", await stack.up());
    const moved: number[] = [];
    for (let index = 0; index < moves; index += 1) {
      await stack.declare(on(index % 2 === 0 ? "c" : "b"));
      moved.push(await interruption(lab, () => stack.up()));
    }
    const urn = /urn:pulumi:\S+::pink/.exec(await stack.export())?.[0];
    if (urn === undefined) throw new Error("the state does not name pink");
    const replaced: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      replaced.push(await interruption(lab, () => stack.up("--replace", urn)));
    }
    report({ times: moved }, { times: replaced });
  } finally {
    await Lab.down(name);
  }
}

/** Red pings pink for as long as the change takes; what is lost times the interval is the interruption. */
async function interruption(lab: Lab, change: () => ReturnType<Stack["up"]>): Promise<number> {
  const host = lab.host("a");
  const argv = ["ip", "netns", "exec", "red", "ping", "-n", "-q", "-i", `${interval / 1000}`, "-w", "120", "7.7.7.3"];
  const flow = host.ssh(argv, { reject: false, timeout: 150_000 });
  succeeded("up", await change());
  await host.ssh(["pkill", "-INT", "-x", "ping"]);
  const { stdout, stderr } = await flow;
  const { sent, received } = parsePing(stdout, stderr);
  return (sent - received) * interval;
}

function report(moved: Interruptions, replaced: Interruptions): void {
  const section = `## Move

\`npm run bench:move\`: a container moves between two hosts of three (lab hosts on one machine) by one \`pulumi up\`, while a container on the third pings it every ${interval} ms; lost
pings times ${interval} ms. Reference: the same container replaced where it is (\`pulumi up --replace\`, delete first).

${machine()}

| | p50 | slowest | changes | slowest ÷ reference's p50 |
|---|---|---|---|---|
${row("moved", moved, replaced)}
${row("replaced (reference)", replaced, replaced)}
`;
  console.log(section);
  writeSection(section);
}

function row(what: string, { times }: Interruptions, reference: Interruptions): string {
  const ratio = quantile(times, 1) / quantile(reference.times, 0.5);
  const figures = [0.5, 1].map((share) => `${quantile(times, share)} ms`);
  return `| ${[what, ...figures, times.length, ratio.toFixed(3)].join(" | ")} |`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
