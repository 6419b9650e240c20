import { expect } from "chai";
import { untilEveryPairPings } from "../../checks/main-job.js";
import { until } from "../../hosts/poll.js";
import { shellLine } from "../../hosts/quote.js";
import { type GetScene, MENDED, onEach, RESOLVER, resolverProperty } from "../scene.js";

/** CAP_NET_ADMIN (12) and CAP_NET_RAW (13), capabilities(7). */
const CAPABILITIES = "0000000000003000";

/** What somebody would try who got hold of the resolver: each works for root outside, and must not inside. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  "write to /etc": "touch /etc/overlaynet-probe && rm /etc/overlaynet-probe",
  "write to the agent's own files": "touch /usr/local/lib/overlaynet/probe && rm /usr/local/lib/overlaynet/probe",
  "write a record": "touch /var/lib/overlaynet/lab/records/arp/probe && rm /var/lib/overlaynet/lab/records/arp/probe",
  "read root's home": "ls /root/.ssh/authorized_keys",
  "mount something": "mount -t tmpfs tmpfs /mnt && umount /mnt",
  "make a namespace": "unshare --net true",
  "enter the host's network": "nsenter --net=/proc/1/ns/net true",
  "load a kernel module": "modprobe dummy && rmmod dummy",
  "open an internet socket": "exec 3<>/dev/udp/127.0.0.1/9",
  "set the clock": 'date --set "@$(date +%s)"',
  "see other processes": "ls /proc/1/status",
  "make a device": "mknod /tmp/probe c 1 3 && rm /tmp/probe",
};

/** What it needs: else the sandbox could be a closed door, and every attempt fail for that reason. */
const NEEDED: Readonly<Record<string, string>> = {
  "read the links of its namespace": "ip link show vxlan1",
  "change an entry":
    "ip neigh replace 7.7.7.99 lladdr 02:42:07:07:07:63 dev vxlan1 && ip neigh del 7.7.7.99 dev vxlan1",
};

/** A program that tries everything and prints `probe: yes|no what`. */
function probe(): string {
  const lines = Object.entries({ ...ATTEMPTS, ...NEEDED }).map(([what, how]) => {
    const tell = (answer: string): string => shellLine(["echo", `probe: ${answer} ${what}`]);
    return `if ( ${how} ) >/dev/null 2>&1; then ${tell("yes")}; else ${tell("no")}; fi`;
  });
  return `#!/bin/bash\n${lines.join("\n")}\n`;
}

/** The program's findings, in a journal or on standard output. */
function findings(text: string): Record<string, string> {
  const found = [...text.matchAll(/probe: (yes|no) (.*)$/gm)];
  return Object.fromEntries(found.map(([, answer = "", what = ""]): [string, string] => [what, answer]));
}

const all = (things: Readonly<Record<string, string>>, answer: string): Record<string, string> =>
  Object.fromEntries(Object.keys(things).map((what) => [what, answer]));

export function describeSandbox(scene: GetScene): void {
  describe("the resolver's sandbox", () => {
    it("is what the kernel enforces: an ordinary user, two capabilities, a seccomp filter, the overlay's network", async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        const pid = await resolverProperty(host, "MainPID");
        const { stdout } = await host.ssh(["cat", `/proc/${pid}/status`]);
        const lines = stdout.split("\n").map((line) => line.split(/:\s+/, 2));
        const status = new Map(lines.map(([key = "", value = ""]) => [key, value]));
        const shown = (...keys: readonly string[]): string[] => keys.map((key) => status.get(key) ?? "missing");
        expect(shown("CapEff", "CapPrm", "CapBnd")).to.deep.equal([CAPABILITIES, CAPABILITIES, CAPABILITIES]);
        expect(shown("NoNewPrivs", "Seccomp"), "NoNewPrivs, Seccomp").to.deep.equal(["1", "2"]);
        expect(Number(shown("Uid")[0]?.split("\t")[0]), "the resolver's user").to.be.greaterThan(0);
        const { stdout: namespace } = await host.ssh(["ip", "netns", "identify", pid]);
        expect(namespace).to.equal("overns");
      });
    });

    it("lets nobody out who got in", async () => {
      const { fleet, topology } = scene();
      const a = fleet.host("a");
      const folder = `/run/systemd/system/${RESOLVER}.d`;
      const program = "/usr/local/bin/overlaynet-probe";
      try {
        await a.ssh(["install", "-m", "755", "/dev/stdin", program], { input: probe() });
        const outside = await a.ssh(["ip", "netns", "exec", "overns", program]);
        expect(findings(outside.stdout), "root, outside").to.deep.equal({
          ...all(ATTEMPTS, "yes"),
          ...all(NEEDED, "yes"),
        });
        // What a unit starts after its main process runs in the same sandbox.
        await a.script(
          `mkdir -p '${folder}'; printf '[Service]\\nExecStartPost=${program}\\n' > '${folder}/probe.conf'`,
        );
        await a.script(`systemctl daemon-reload; systemctl restart ${RESOLVER}`);
        const inside = async (): Promise<Record<string, string> | undefined> => {
          const { stdout } = await a.ssh(["journalctl", "--output", "cat", "--boot", "--unit", RESOLVER]);
          const found = findings(stdout);
          return Object.keys(found).length === 0 ? undefined : found;
        };
        const found = await until("the probe has told what it found", inside, { within: MENDED });
        expect(found, "inside").to.deep.equal({ ...all(ATTEMPTS, "no"), ...all(NEEDED, "yes") });
      } finally {
        await a.script(`rm -rf '${folder}' ${program}; systemctl daemon-reload; systemctl restart ${RESOLVER}`);
      }
      await untilEveryPairPings(fleet, topology);
    });
  });
}
