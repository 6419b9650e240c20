import { expect } from "chai";
import { until } from "../hosts/poll.js";
import type { Fleet } from "./fleet.js";
import { expectEveryPairPings, expectPings, members, tables } from "./network.js";
import { ping } from "./ping.js";
import { type Stack, succeeded } from "./stack.js";
import type { Topology } from "./topology.js";

/** The overlay's folder of records on every host, unless `storage` says otherwise. */
export const RECORDS = "/var/lib/overlaynet/lab/records";

/** Milliseconds within which a host is expected to mend what somebody broke, on a busy machine. */
const MENDED = 30_000;

/** The engine sees no difference between program, state and hosts: not at preview, not at up, not at refresh. */
export async function expectNoChange(stack: Stack): Promise<void> {
  succeeded("preview of what is so already", await stack.preview("--expect-no-changes"));
  succeeded("up of what is so already", await stack.up("--expect-no-changes"));
  succeeded("refresh of what is so already", await stack.refresh("--expect-no-changes"));
}

/** Packets of the overlay's full size pass without fragmentation, between every pair. */
export async function expectFullSizePasses(fleet: Fleet, topology: Topology, mtu = 1450): Promise<void> {
  await expectEveryPairPings(fleet, topology, { count: 2, payload: mtu - 28 });
}

/** A TCP stream of many full segments arrives whole: what checksum offload and a wrong MTU break. */
export async function expectBulkArrives(
  fleet: Fleet,
  topology: Topology,
  from: string,
  to: string,
  bytes = 20_000_000,
): Promise<void> {
  const all = members(fleet, topology);
  const sender = all.find((member) => member.name === from);
  const receiver = all.find((member) => member.name === to);
  if (sender === undefined || receiver === undefined) throw new Error(`no ${from} or no ${to} in the topology`);
  const counted = receiver.exec(["sh", "-c", "socat -u TCP-LISTEN:5001,reuseaddr STDOUT | wc -c"], { timeout: 60_000 });
  const send = `head -c ${bytes} /dev/zero | socat -u STDIN TCP:${receiver.ip}:5001,retry=100,interval=0.1`;
  await sender.exec(["sh", "-c", send], { timeout: 60_000 });
  expect(Number((await counted).stdout), `bytes of TCP from ${from} to ${to}`).to.equal(bytes);
}

/** A record that a person writes with `echo` reaches the kernel, and leaves it when its file goes. */
export async function expectRecordByHandIsHonoured(fleet: Fleet): Promise<void> {
  const host = fleet.host("a");
  const [ip, mac, vtep] = ["7.7.7.50", "02:42:c0:a8:00:04", "192.168.64.50"];
  const entries = async (): Promise<string> => {
    const { stdout } = await host.script(
      "ip -n overns neigh show dev vxlan1; bridge -n overns fdb show dev vxlan1 | grep ' self'",
      { reject: false },
    );
    return stdout;
  };
  await host.script(`echo ${mac} > ${RECORDS}/arp/${ip}; echo ${vtep} > ${RECORDS}/fdb/${mac}`);
  await until(
    "the record written by hand is in the kernel",
    async () => {
      const text = await entries();
      return text.includes(`${ip} lladdr ${mac}`) && text.includes(`${mac} dst ${vtep}`);
    },
    { within: MENDED },
    () => tables(host),
  );
  await host.ssh(["rm", `${RECORDS}/arp/${ip}`, `${RECORDS}/fdb/${mac}`]);
  await until(
    "the record's entries are gone with its files",
    async () => !(await entries()).includes(mac),
    { within: MENDED },
    () => tables(host),
  );
}

/** After a reboot everything is back, with nobody's help. Answers with the milliseconds from SSH to the first ping. */
export async function expectBackAfterReboot(fleet: Fleet, topology: Topology, name: string): Promise<number> {
  await fleet.host(name).reboot();
  const start = Date.now();
  await untilEveryPairPings(fleet, topology);
  return Date.now() - start;
}

/** Whoever deletes the VXLAN device sees it come back by itself. */
export async function expectDeviceComesBack(fleet: Fleet, topology: Topology, name: string): Promise<void> {
  await fleet.host(name).ssh(["ip", "-n", "overns", "link", "del", "vxlan1"]);
  await untilEveryPairPings(fleet, topology);
}

/** What talks goes on talking while the resolver is killed and started again. */
export async function expectFlowSurvivesResolver(fleet: Fleet, topology: Topology): Promise<void> {
  const red = members(fleet, topology).find((member) => member.name === "red");
  const pink = members(fleet, topology).find((member) => member.name === "pink");
  if (red === undefined || pink === undefined) throw new Error("the topology has no red or no pink");
  await expectPings(red, pink, { count: 1 });
  const flow = ping(red.exec, pink.ip, { count: 150, interval: 0.02 });
  for (const host of fleet.hosts) {
    await host.ssh(["systemctl", "kill", "--signal=KILL", "overlaynet-resolver@lab.service"]);
  }
  const { sent, received } = await flow;
  expect(received, "pings answered while the resolvers were killed").to.equal(sent);
  for (const host of fleet.hosts) await untilActive(host.name, fleet);
}

/** Waits until every pair of the topology pings; fails with both ends' tables. */
export async function untilEveryPairPings(fleet: Fleet, topology: Topology): Promise<void> {
  let last: unknown;
  const all = async (): Promise<boolean> => {
    try {
      await expectEveryPairPings(fleet, topology, { count: 1 });
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  };
  await until("every pair pings", all, { within: MENDED }, () => Promise.resolve(String(last)));
}

async function untilActive(name: string, fleet: Fleet): Promise<void> {
  const host = fleet.host(name);
  const active = async (): Promise<boolean> => {
    const { exitCode } = await host.ssh(["systemctl", "is-active", "--quiet", "overlaynet-resolver@lab.service"], {
      reject: false,
    });
    return exitCode === 0;
  };
  await until(`the resolver on ${name} runs again`, active, { within: MENDED }, () => tables(host));
}
