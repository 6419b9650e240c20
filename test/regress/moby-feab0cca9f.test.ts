/*
 * moby feab0cca9f: a handler that held the network's lock called what took the same lock, and the network hung. Here a resolver has one thread and no
 * lock: what is asked while it compares waits for its turn of the event loop.
 */
import { macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";

describe("moby feab0cca9f: a resolver that is asked while it works", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("answers everybody", async () => {
    const { a, b } = scene();
    await a.startResolver();
    const ips = Array.from({ length: 40 }, (_, index) => parseIp(`7.7.1.${index + 1}`));
    const asked = ips.map(async (ip, index) => {
      echoRecord(a, "fdb", macOfIp(ip), b.config.local);
      echoRecord(a, "arp", ip, macOfIp(ip));
      await a.ip(a.overlay, [index % 2 === 0 ? "link set vxlan1 down" : "link set vxlan1 up"]);
      await a.sync();
      if (index % 3 === 0) removeRecord(a, "arp", ip);
      return a.status();
    });
    expect(await Promise.all(asked)).to.have.length(ips.length);
    await a.ip(a.overlay, ["link set vxlan1 up"]);
    const left = ips.filter((_, index) => index % 3 !== 0);
    await scene().tablesOfA("all that is recorded is in the kernel", (tables) =>
      left.every((ip) => tables.includes(`${ip} lladdr ${macOfIp(ip)} PERMANENT`)),
    );
  });
});
