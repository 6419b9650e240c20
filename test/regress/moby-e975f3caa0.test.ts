/*
 * moby e975f3caa0, d1e3705c1a: a thread entered a network's namespace, failed there, and went on with other work in the wrong namespace. Here
 * the only function that enters one comes back however its body ends, and its body cannot be asynchronous.
 */
import { readlinkSync } from "node:fs";
import { RouteSocket } from "@overlaynet/agent/netlink/index";
import { inNamespace } from "@overlaynet/agent/netlink/namespace";
import { findDevice } from "@overlaynet/agent/entries/index";
import { expect } from "chai";
import { sceneForEach } from "../sites/suite.js";

describe("moby e975f3caa0: the namespace of a thread that entered another", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });
  const here = (): string => readlinkSync("/proc/thread-self/ns/net");

  it("is its own again, whether the work there succeeds, fails, or has no namespace to go to", () => {
    const path = scene().a.namespacePath;
    const own = here();
    const there = inNamespace(path, here);
    expect(there).not.to.equal(own);
    expect(here()).to.equal(own);
    const fail = (): never => {
      throw new Error(here());
    };
    expect(() => inNamespace(path, fail)).to.throw(there);
    expect(here()).to.equal(own);
    expect(() => inNamespace(`${path}-nobody`, here)).to.throw("ENOENT");
    expect(() => inNamespace("/proc/self/exe", here)).to.throw();
    expect(here()).to.equal(own);
  });

  it("is that of its sockets for good, wherever the thread is", () => {
    const socket = inNamespace(scene().a.namespacePath, () => new RouteSocket());
    try {
      expect(findDevice(socket, "vxlan1")).to.include({ name: "vxlan1" });
    } finally {
      socket.close();
    }
  });
});
