import { execa } from "execa";
import type { Box } from "./box.js";

/** How machines run: with the processor's help, or emulated. libvirt's names. */
export type Acceleration = "kvm" | "qemu";

/** A kernel under KVM says its first word within a second; a machine that cannot run guests fails at once. */
const FIRST_WORD = 20_000;

/**
 * Tries KVM by booting the box's kernel until it says its version: /dev/kvm may be there and of no use, in a virtual
 * machine without nested virtualisation for one.
 */
export async function acceleration(box: Box): Promise<Acceleration> {
  const guest = ["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-m", "256"];
  const kernel = ["-kernel", box.kernel, "-append", "console=ttyS0 earlyprintk=ttyS0 panic=-1"];
  const qemu = execa("qemu-system-x86_64", ["-machine", "q35,accel=kvm", "-cpu", "host", ...guest, ...kernel], {
    reject: false,
    stdin: "ignore",
    timeout: FIRST_WORD,
    killSignal: "SIGKILL",
  });
  try {
    for await (const line of qemu) if (line.includes("Linux version")) return "kvm";
  } finally {
    qemu.kill("SIGKILL");
    await qemu;
  }
  return "qemu";
}
