import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AF,
  marshalLink,
  MessageBatch,
  NetlinkError,
  notifyManager,
  RouteSocket,
  RTM,
  SOCK,
  type LinkStatistics,
  type Traffic,
  unmarshalLink,
  unmarshalLinkStatistics,
} from "@overlaynet/agent/netlink/index";
import { bind, close, receive, socket } from "@overlaynet/agent/netlink/native";
import { expect } from "chai";

const allLinks = marshalLink({ family: AF.UNSPEC, type: 0, interfaceIndex: 0, flags: 0 });

describe("netlink sockets, without privileges", () => {
  it("dump the links of the namespace, as any user may", () => {
    const connection = new RouteSocket();
    try {
      const links: (string | undefined)[] = [];
      const request = { type: RTM.GETLINK, flags: 0, payload: allLinks };
      connection.dump(request, {
        begin: () => (links.length = 0),
        read: ({ bytes, start, end }) => links.push(unmarshalLink(bytes.subarray(start, end))?.name),
      });
      expect(links).to.include("lo");
    } finally {
      connection.close();
    }
  });

  it("tell what has gone through a link, between two looks of sysfs", () => {
    const connection = new RouteSocket();
    const names = ["packets", "bytes", "errors", "dropped"] as const;
    const sysfs = (way: string): Traffic => {
      const read = (name: string): number =>
        Number(readFileSync(`/sys/class/net/lo/statistics/${way}_${name}`, "utf8"));
      return { packets: read("packets"), bytes: read("bytes"), errors: read("errors"), dropped: read("dropped") };
    };
    const before = { received: sysfs("rx"), sent: sysfs("tx") };
    let seen: LinkStatistics | undefined;
    try {
      connection.dump(
        { type: RTM.GETLINK, flags: 0, payload: allLinks },
        {
          begin: () => undefined,
          read: ({ bytes, start, end }) => {
            const payload = bytes.subarray(start, end);
            if (unmarshalLink(payload)?.name === "lo") seen = unmarshalLinkStatistics(payload);
          },
        },
      );
    } finally {
      connection.close();
    }
    const after = { received: sysfs("rx"), sent: sysfs("tx") };
    for (const way of ["received", "sent"] as const) {
      for (const name of names) expect(seen![way][name], name).to.be.within(before[way][name], after[way][name]);
    }
    expect(unmarshalLinkStatistics(allLinks)).to.equal(undefined);
  });

  it("tell of each request that was refused by its place, batch after batch", () => {
    const connection = new RouteSocket();
    try {
      const payload = marshalLink({ family: AF.UNSPEC, type: 0, interfaceIndex: 0x7fff_ff00, flags: 0 });
      const batch = new MessageBatch();
      for (let times = 0; times < 3; times += 1) {
        batch.clear();
        while (!batch.full) batch.add({ type: RTM.DELLINK, flags: 0, payload });
        const places: number[] = [];
        connection.execute(batch, (index, { errno }) => {
          places.push(index);
          // EPERM for a user, ENODEV for root: refused both times, and nothing can be there to delete.
          expect([1, 19]).to.include(errno);
        });
        expect(places).to.deep.equal(Array.from({ length: MessageBatch.most }, (_, index) => index));
      }
    } finally {
      connection.close();
    }
  });

  it("say which call failed and why", () => {
    expect(() => socket(9999, SOCK.RAW, 0))
      .to.throw(NetlinkError, /^socket: .*\(EAFNOSUPPORT\)$/)
      .with.property("code", "EAFNOSUPPORT");
  });

  describe("the service manager's", () => {
    let folder: string;
    let manager: number;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "overlaynet-notify-"));
      manager = socket(AF.UNIX, SOCK.DGRAM | SOCK.NONBLOCK | SOCK.CLOEXEC, 0);
    });

    afterEach(() => {
      close(manager);
      rmSync(folder, { recursive: true });
    });

    function listen(path: string): void {
      bind(manager, Buffer.concat([Buffer.from([AF.UNIX, 0]), Buffer.from(path)]));
    }

    function heard(): string | undefined {
      const buffer = Buffer.alloc(200);
      const length = receive(manager, buffer);
      return length === undefined ? undefined : buffer.toString("utf8", 0, length);
    }

    it("is told a state by its path", () => {
      listen(`${join(folder, "notify")}\0`);
      expect(notifyManager(join(folder, "notify"), "READY=1\nSTATUS=fine")).to.equal(true);
      expect(heard()).to.equal("READY=1\nSTATUS=fine");
    });

    it("is told a state by its abstract address", () => {
      listen(`\0${folder}`);
      notifyManager(`@${folder}`, "WATCHDOG=1");
      expect(heard()).to.equal("WATCHDOG=1");
    });

    // Found by the benchmark: its socket was gone when it ended the resolver, which then never ended.
    it("may be gone", () => {
      expect(notifyManager(join(folder, "nobody"), "STOPPING=1")).to.equal(false);
    });

    it("is not looked for when there is none", () => {
      expect(notifyManager(undefined, "READY=1")).to.equal(false);
      expect(notifyManager("", "READY=1")).to.equal(false);
      expect(heard()).to.equal(undefined);
    });
  });
});
