import { expect } from "chai";
import type { Member } from "./network.js";
import { parseEndedPing } from "./ping.js";

/**
 * Pings to addresses every 10 ms, from one container, for as long as `work` takes.
 *
 * @returns how many answers each address owes: `7.7.7.3 lost 0`
 */
export async function underFlows(
  from: Member,
  targets: readonly string[],
  work: () => Promise<void>,
): Promise<string[]> {
  const flows = targets.map((address) =>
    from.exec(["ping", "-n", "-i", "0.01", "-w", "120", address], { reject: false, timeout: 150_000 }),
  );
  await from.host.script(
    `for n in $(seq 1000); do [ $(pgrep -cx ping) -ge ${targets.length} ] && exit 0; sleep 0.02; done; exit 1`,
  );
  await work();
  await from.host.ssh(["pkill", "-INT", "-x", "ping"]);
  const results = await Promise.all(flows);
  return results.map(({ stdout, stderr }, index) => {
    const { sent, received } = parseEndedPing(stdout, stderr);
    expect(sent, "pings sent meanwhile").to.be.greaterThan(100);
    return `${targets[index]} lost ${sent - received}`;
  });
}
