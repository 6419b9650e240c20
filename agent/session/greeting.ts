import { type Greeting, protocolVersion } from "@overlaynet/core/protocol";
import { readFileSync } from "node:fs";
import { arch, hostname, release } from "node:os";

/** What this machine says of itself to whoever begins a session. */
export function greet(agent: Greeting["agent"]): Greeting {
  const read = (file: string): string => readFileSync(file, "utf8").trim();
  return {
    protocol: { newest: protocolVersion, oldest: protocolVersion },
    agent,
    host: {
      hostname: hostname(),
      machineId: read("/etc/machine-id"),
      bootId: read("/proc/sys/kernel/random/boot_id"),
      kernel: release(),
      architecture: arch(),
    },
  };
}
