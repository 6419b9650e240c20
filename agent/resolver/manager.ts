import { notifyManager } from "../netlink/index.js";

/** Tells systemd a state: `READY=1`, `STATUS=…`. Nothing without systemd. */
export function tellManager(...states: readonly string[]): void {
  notifyManager(process.env["NOTIFY_SOCKET"], states.join("\n"));
}

/** Keeps systemd's watchdog content, twice as often as it asks (sd_watchdog_enabled(3)). Undefined when it asks nothing of this process. */
export function keepWatchdog(): NodeJS.Timeout | undefined {
  const microseconds = Number(process.env["WATCHDOG_USEC"]);
  const pid = process.env["WATCHDOG_PID"];
  if (!(microseconds > 0) || (pid !== undefined && Number(pid) !== process.pid)) return undefined;
  return setInterval(() => {
    tellManager("WATCHDOG=1");
  }, microseconds / 2000);
}
