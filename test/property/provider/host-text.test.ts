import { expect } from "chai";
import fc from "fast-check";
import { hostsIn } from "@overlaynet/provider/hosts";
import { hostOfText, hostText, hostTexts } from "@overlaynet/provider/input/host-text";

const word = fc.stringMatching(/^[^\s=]{1,20}$/);
const connection = fc.record(
  {
    host: word,
    user: word,
    privateKeyPath: fc.stringMatching(/^\S{0,20}$/),
    agentSocketPath: fc.stringMatching(/^\S{0,20}$/),
    hostKeyCheck: fc.constantFrom("strict", "accept-new", "off"),
    knownHostsPath: word,
    port: fc.integer({ min: 1, max: 65535 }),
    dialErrorLimit: fc.integer({ min: -1, max: 100 }),
    perDialTimeout: fc.integer({ min: 0, max: 36000 }).map((tenths) => tenths / 10),
    dialRetryWait: fc.integer({ min: 0, max: 3600 }),
  },
  { requiredKeys: [] },
);

describe("a host in a line", () => {
  it("says what it was made of", () => {
    fc.assert(
      fc.property(word, connection, (address, how) => {
        const text = hostText({ address, connection: how });
        expect(hostOfText(text ?? "")).to.deep.equal(
          Object.keys(how).length === 0 ? { address } : { address, connection: how },
        );
      }),
    );
  });

  it("says it together with what is said for all", () => {
    const host = fc.tuple(word, connection).map(([address, how]) => {
      return Object.keys(how).length === 0 ? { address } : { address, connection: how };
    });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), host, { maxKeys: 5 }), (hosts) => {
        const texts = hostTexts(hosts);
        expect(hostsIn(texts.hosts, texts.connection)).to.deep.equal(hosts);
      }),
    );
  });

  it("is the same when read and written again, and no text makes reading fail", () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom("port=1", "user=", "=", "hostKey=x", `ssh-ed25519:${"A".repeat(43)}`),
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const read = hostOfText(parts.join(" "));
        const text = read === undefined ? undefined : hostText(read);
        if (text !== undefined) expect(hostOfText(text)).to.deep.equal(read);
      }),
    );
  });

  it("is made of no value that reading would take for another", () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.dictionary(fc.constantFrom("user", "port", "hostKey", "host", "x"), fc.anything()),
        (address, how) => {
          const text = hostText({ address, connection: how });
          if (text === undefined) return;
          const kept = Object.entries(how).filter(
            ([name, value]) => name !== "hostKey" && value !== undefined && value !== null,
          );
          expect(hostOfText(text)?.address).to.equal(address);
          for (const [name, value] of kept) expect(hostOfText(text)?.connection?.[name]).to.equal(value);
        },
      ),
    );
  });
});
