import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Spec } from "@overlaynet/core";
import { expect } from "chai";
import { type Host, Lab, until } from "../hosts/index.js";
import { apply, container, neigh, overlay } from "../unit/agent/fixtures.js";
import { AgentSession, installAgent } from "./agent-session.js";

const net = overlay({ storage: "/overlaynet/storage" });
const all: Spec[] = [net, container("red", 2), neigh("printer", 9)];
const unit = "overlaynet-resolver@lab.service";
const printer = "7.7.7.9 lladdr 02:42:c0:a8:00:09";
const story = join(__dirname, "..", "..", "golden", "resolver", "journal.txt");

describe("the resolver's service", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;

  before(async () => {
    lab = await Lab.up({ name: "r-serv", hosts: 1 });
    host = lab.host("a");
    await installAgent(lab, host);
    expect(await applied()).to.be.above(0);
  });

  after(() => lab.down());

  /** Applies everything in a session of its own. Answers how many steps that took. */
  async function applied(): Promise<number> {
    const session = new AgentSession(lab, host);
    const answers = await session.ask(all.map((spec) => apply(1, spec)));
    await session.end();
    const failed = answers.filter(({ ok }) => !ok);
    expect(failed, JSON.stringify(failed)).to.deep.equal([]);
    return answers.reduce((sum, answer) => sum + (answer.ok ? (answer.result as { steps: number }).steps : 0), 0);
  }

  const told = async (script: string): Promise<string> => (await host.script(script)).stdout;
  const property = (name: string): Promise<string> => told(`systemctl show -p ${name} --value ${unit}`);
  const journal = (): Promise<string> => told(`journalctl -b --no-pager -o cat -u ${unit}`);
  const lines = async (): Promise<string[]> =>
    (await told(`journalctl -b --no-pager -o cat -u ${unit} -t overlaynet`)).split("\n").filter(Boolean);
  const printerIsThere = async (): Promise<boolean> =>
    (await told("ip -n overns neigh show dev vxlan1")).includes(printer);

  it("is ready only when the kernel holds what the records say", async () => {
    await host.script(`systemctl stop ${unit}; ip -n overns neigh del 7.7.7.9 dev vxlan1`);
    expect(await printerIsThere()).to.equal(false);
    await host.script(`systemctl start ${unit}`);
    expect(await printerIsThere()).to.equal(true);
    expect(await property("StatusText")).to.match(/the kernel holds 1 neighbours and 1 forwarding entries/);
  });

  it("has two capabilities, nobody's rights, and no file but its socket", async () => {
    const [status = "", files = ""] = (
      await told(`
        pid=$(systemctl show -p MainPID --value ${unit})
        grep -E '^(Uid|CapEff|CapBnd|CapInh|NoNewPrivs|Seccomp):' /proc/$pid/status | tr '\\t\\n' '  '
        echo
        uid=$(stat -c %u /proc/$pid)
        find / -xdev -uid $uid; find /run /tmp /var/tmp /dev/shm -uid $uid | sort -u | tr '\\n' ' '`)
    ).split("\n");
    // CAP_NET_ADMIN is 12, CAP_NET_RAW 13.
    expect(status).to.match(/CapInh: 0*3000 .*CapEff: 0*3000 .*CapBnd: 0*3000 .*NoNewPrivs: 1 .*Seccomp: 2/);
    expect(Number(/Uid: (\d+)/.exec(status)?.[1])).to.be.above(1000);
    expect(files.trim().split(" ").sort()).to.deep.equal([
      "/run/overlaynet-resolver/lab",
      "/run/overlaynet-resolver/lab/control.sock",
    ]);
    const exposure = await told(`systemd-analyze security --no-pager ${unit} | tail -n 1`);
    expect(Number(/: ([\d.]+)/.exec(exposure)?.[1])).to.be.at.most(1.5);
  });

  it("reads all anew on reload, and says so", async () => {
    await host.script(`systemctl reload ${unit}`);
    await until(
      "it has reloaded",
      async () => (await journal()).includes("reloaded: overlay lab"),
      { within: 20_000 },
      journal,
    );
    expect(await metrics()).to.include('overlaynet_resolver_syncs_total{cause="reload",overlay="lab"} 1');
  });

  async function metrics(): Promise<string> {
    return await told(`/usr/local/lib/overlaynet/node-test/node -e '
      const socketPath = "/run/overlaynet-resolver/lab/control.sock";
      require("node:http").get({ socketPath, path: "/metrics" }, (answer) => answer.pipe(process.stdout));'`);
  }

  it("gives the numbers that the issue names", async () => {
    const names = [...(await metrics()).matchAll(/^# TYPE overlaynet_resolver_(\S+) (\S+)$/gm)].map(
      ([, name = "", type = ""]) => `${name} ${type}`,
    );
    expect(names).to.include.members([
      "misses_total counter",
      "unexpected_misses_total counter",
      "answer_seconds histogram",
      "entries gauge",
      "syncs_total counter",
      "repaired_total counter",
      "overruns_total counter",
      "records gauge",
      "announced_total counter",
      "unknown_addresses gauge",
    ]);
  });

  it("is started anew by a session of another agent, and no entry is touched meanwhile", async () => {
    expect(await applied()).to.equal(0);
    const pid = await property("MainPID");
    await host.script(`
      systemd-run --quiet --unit=hear-neigh sh -c 'exec ip -n overns monitor neigh > /run/neigh.log'
      systemd-run --quiet --unit=hear-fdb sh -c 'exec bridge -n overns monitor fdb > /run/fdb.log'
      cd /usr/local/lib/overlaynet
      cp -r agent-test agent-newer
      sed -i s/agent-test/agent-newer/ agent-newer/overlaynet
      ln -sfn ../lib/overlaynet/agent-newer/overlaynet /usr/local/bin/overlaynet`);
    expect(await applied()).to.equal(1);
    expect(await property("MainPID")).not.to.equal(pid);
    expect(await applied()).to.equal(0);
    // What is heard last is ours: whatever was done to the entries before would be above it.
    await host.script(`
      ip -n overns neigh replace 7.7.7.200 lladdr 02:99:00:00:00:01 nud permanent dev vxlan1
      bridge -n overns fdb replace 02:99:00:00:00:01 dev vxlan1 self dst 192.168.64.99`);
    const heard = (): Promise<string> => told("grep -h vxlan1 /run/neigh.log /run/fdb.log || [ $? = 1 ]");
    await until(
      "the test's own changes are heard",
      async () => (await heard()).split("\n").length >= 2,
      { within: 20_000 },
      heard,
    );
    expect((await heard()).split("\n").filter((line) => !line.includes("02:99:00:00:00:01"))).to.deep.equal([]);
    await host.script(`
      systemctl stop hear-neigh hear-fdb
      ip -n overns neigh del 7.7.7.200 dev vxlan1
      bridge -n overns fdb del 02:99:00:00:00:01 dev vxlan1 self`);
  });

  it("is killed by the watchdog when it hangs, and started again", async () => {
    const folder = "/run/systemd/system/overlaynet-resolver@.service.d";
    await host.script(`
      mkdir -p ${folder}
      printf '[Service]\\nWatchdogSec=2s\\n' > ${folder}/soon.conf
      systemctl daemon-reload
      systemctl restart ${unit}
      kill -STOP "$(systemctl show -p MainPID --value ${unit})"`);
    const restarted = async (): Promise<boolean> => Number(await property("NRestarts")) > 0;
    await until("it is started again", restarted, { within: 40_000 }, journal);
    expect(await journal()).to.match(/Watchdog timeout/);
    await host.script(`rm -r ${folder}; systemctl daemon-reload; systemctl restart ${unit}`);
    expect(await printerIsThere()).to.equal(true);
  });

  it("tells its story in the journal", async () => {
    await host.script(`systemctl restart ${unit}`);
    const start = (await lines()).length - 1;
    const since = async (): Promise<string[]> => (await lines()).slice(start);
    const chapter = async (script: string, end: RegExp): Promise<void> => {
      const before = (await since()).length;
      await host.script(script);
      const told = async (): Promise<boolean> => (await since()).slice(before).some((line) => end.test(line));
      await until(`the journal says ${end}`, told, { within: 20_000 }, journal);
    };
    await chapter("ip -n overns neigh del 7.7.7.9 dev vxlan1", /drift/);
    const mac = "02:42:07:07:07:05";
    await chapter(
      `cd /overlaynet/storage; echo ${mac} > arp/7.7.7.5; echo 192.168.64.28 > fdb/${mac}`,
      /^entries follow records/,
    );
    await chapter("echo nonsense > /overlaynet/storage/arp/7.7.7.77", /^record ignored/);
    await chapter("rm /overlaynet/storage/arp/7.7.7.77", /can be read again/);
    await chapter("ip netns exec red ping -c 1 -W 1 7.7.7.50 || [ $? = 1 ]", /unknown addresses/);
    await chapter(`systemctl reload ${unit}`, /^reloaded/);
    await chapter(`systemctl kill -s KILL --kill-who=main ${unit}`, /^overlay lab/);
    await chapter(`systemctl stop ${unit}`, /^stopped/);
    expect((await since()).join("\n")).to.equal(readFileSync(story, "utf8").trimEnd());
    await host.script(`rm /overlaynet/storage/arp/7.7.7.5 /overlaynet/storage/fdb/${mac}; systemctl start ${unit}`);
  });
});
