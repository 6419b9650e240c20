import { expect } from "chai";
import type { Fleet, FleetHost } from "./fleet.js";
import { type PingOptions, type Place, ping } from "./ping.js";
import type { Topology } from "./topology.js";

/** A container of a topology, and how to run a command in it. */
export interface Member {
  readonly name: string;
  readonly host: FleetHost;
  readonly ip: string;
  readonly overlay: string;
  readonly exec: Place;
}

/** The containers that a topology declares, on the hosts of a fleet. */
export function members(fleet: Fleet, topology: Topology): Member[] {
  return Object.entries(topology.containers).map(([resource, { host, ip, overlay, name = resource }]) => {
    const machine = fleet.host(host);
    return {
      name,
      host: machine,
      ip,
      overlay,
      exec: (argv, options) => machine.ssh(["ip", "netns", "exec", name, ...argv], options),
    };
  });
}

/** Every ordered pair of different members of one overlay. */
export function pairs(all: readonly Member[]): [Member, Member][] {
  return all.flatMap((from) =>
    all.filter((to) => to !== from && to.overlay === from.overlay).map((to): [Member, Member] => [from, to]),
  );
}

/** Fails, showing both ends' tables, unless every pair pings without loss. Hosts send at the same time, each one ping after the other. */
export async function expectEveryPairPings(fleet: Fleet, topology: Topology, options: PingOptions = {}): Promise<void> {
  const all = pairs(members(fleet, topology));
  const from = (host: FleetHost): Promise<void> =>
    inTurn(
      all.filter(([one]) => one.host === host),
      options,
    );
  const outcomes = await Promise.allSettled(fleet.hosts.map(from));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function inTurn(all: readonly (readonly [Member, Member])[], options: PingOptions): Promise<void> {
  for (const [from, to] of all) await expectPings(from, to, options);
}

/** Fails, showing both ends' tables, unless all pings from one member to another come back. */
export async function expectPings(
  from: Member,
  to: Pick<Member, "name" | "ip">,
  options: PingOptions = {},
): Promise<void> {
  const { sent, received } = await ping(from.exec, to.ip, options);
  if (received !== sent) {
    const evidence = await tables(from.host);
    expect.fail(`${from.name} → ${to.name} (${to.ip}): ${sent} sent, ${received} received\n${evidence}`);
  }
}

/** Fails when a single ping from one member to an address comes back. */
export async function expectNoPing(from: Member, address: string): Promise<void> {
  const { received } = await ping(from.exec, address, { count: 2 });
  expect(received, `${from.name} → ${address} must not be answered`).to.equal(0);
}

/** What a person would look at when a path is broken: links, neighbours, forwarding entries, units and the journal of a host. */
export async function tables(host: FleetHost): Promise<string> {
  const { stdout } = await host.script(
    `for ns in $(ip netns list | cut -d' ' -f1); do
       echo "--- $ns"; ip -n "$ns" -d -br link; ip -n "$ns" -br addr; ip -n "$ns" neigh; bridge -n "$ns" fdb
     done
     systemctl list-units --all --no-legend 'overlaynet-*'
     journalctl --no-pager -n 40 -u 'overlaynet-*'`,
    { reject: false },
  );
  return `host ${host.name}:\n${stdout}`;
}
