import {
  AF,
  EventSocket,
  inNamespace,
  type MessagePlace,
  NeighbourView,
  NTF,
  RTM,
} from "@overlaynet/agent/netlink/index";
import { macOfIp, macToNumber, parseIp } from "@overlaynet/core/model/index";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Overlay } from "./overlay.js";

const moved = parseIp("10.0.0.2");
const vteps = [parseIp("192.168.64.30"), parseIp("192.168.64.31")] as const;

/** How long it takes, in milliseconds each time, from a container's move on record to the kernel's notice that its forwarding entry leads there. */
export async function changeTimes(overlay: Overlay, times: number): Promise<number[]> {
  const events = inNamespace(`/run/netns/${overlay.namespace}`, () => new EventSocket());
  const view = new NeighbourView();
  const mac = macToNumber(macOfIp(moved));
  const found: number[] = [];
  try {
    for (let index = 0; index < times; index += 1) {
      const vtep = vteps[index % 2] ?? vteps[0];
      const temporary = join(overlay.folder, "records/fdb/.moved");
      writeFileSync(temporary, `${vtep}\n`);
      const began = performance.now();
      renameSync(temporary, join(overlay.folder, "records/fdb", macOfIp(moved)));
      const isMove = ({ type, bytes, start, end }: MessagePlace): boolean => {
        if (type !== RTM.NEWNEIGH || !view.read(bytes, start, end) || view.linkAddress !== mac) return false;
        return view.family === AF.BRIDGE && (view.flags & NTF.SELF) !== 0;
      };
      while (!drained(events, isMove)) {
        if (performance.now() - began > 30_000) {
          throw new Error("a change of a record did not reach the kernel within 30 s");
        }
        await setImmediate();
      }
      found.push(performance.now() - began);
    }
    return found;
  } finally {
    events.close();
  }
}

/** Reads what waits, and answers whether the wanted message was among it. */
function drained(events: EventSocket, wanted: (message: MessagePlace) => boolean): boolean {
  const hits: true[] = [];
  events.drain(100, (message) => {
    if (wanted(message)) hits.push(true);
  });
  return hits.length > 0;
}
