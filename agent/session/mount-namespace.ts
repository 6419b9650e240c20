import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";

/** True when this process sees other mounts than the host's PID 1 does. */
export function isInOwnMountNamespace(): boolean {
  return readlinkSync("/proc/self/ns/mnt") !== readlinkSync("/proc/1/ns/mnt");
}

/**
 * Runs this very program again in PID 1's mount namespace, its three standard files handed on, and answers its exit status. `ip netns add` mounts the new namespace
 * under its name; where the mount namespace is another (an sshd with PrivateTmp, say), the host would see a dead file.
 */
export function runInHostMountNamespace(): Promise<number> {
  const argv = ["--target", "1", "--mount", "--", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn("nsenter", argv, { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(new Error(`the host's mount namespace cannot be entered (${error.message}); install util-linux`));
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
