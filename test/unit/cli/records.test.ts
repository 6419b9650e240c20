import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordsDocument, RecordsEditDocument } from "@overlaynet/cli/document/records";
import { filesOf, readFolder, writeFolder } from "@overlaynet/cli/records/files";
import { filesWith } from "@overlaynet/cli/records/edit";
import { HostProblem, type OperatorAsk, type RecordEntry, recordsPerMessage } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { dead, records, well } from "./network.js";
import { expectGolden, overlaynet, type Said } from "./scene.js";

const byHand: RecordEntry = { ip: "7.7.7.9", mac: "02:42:07:07:07:09", vtep: "192.168.64.40", origin: "by hand" };
type EditAsk = Extract<OperatorAsk, { op: "editRecords" }>;

/** A host that takes edits, and what it was asked. */
function editable(said: Said, asked: EditAsk[]): Said {
  const editRecords = (ask: OperatorAsk): unknown => {
    const { put, remove } = ask as EditAsk;
    asked.push(ask as EditAsk);
    const names = ({ arp, fdb }: EditAsk["put"]): string[] => [
      ...arp.map(({ ip }) => `arp/${String(ip)}`),
      ...fdb.map(({ mac }) => `fdb/${String(mac)}`),
    ];
    return { written: names(put), removed: names(remove) };
  };
  return { ...said, answers: { editRecords } };
}

describe("overlaynet records", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "overlaynet-records-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("lists what hosts have alike once, and what only some have with who", async () => {
    const some: Said = { ...well[1], records: [...records, byHand] };
    const { status, out } = await overlaynet(["records", "list"], [well[0], some]);
    expectGolden("records-list", out);
    expect(status).to.equal(0);
  });

  it("shows an address on every host, and ends with 1 when nobody has it", async () => {
    const { out } = await overlaynet(["records", "get", "02:42:07:07:07:03", "--json"], well);
    expect(RecordsDocument.parse(JSON.parse(out)).records.map(({ ip, on }) => [ip, on])).to.deep.equal([
      ["7.7.7.3", ["a", "b"]],
    ]);
    const none = await overlaynet(["records", "get", "7.7.7.8"], well);
    expect(none).to.include({ status: 1, err: "✗ nobody who answers has a record of 7.7.7.8\n" });
  });

  it("puts a record on every host of the overlay that answers, and ends with 3 when one does not", async () => {
    const asked: EditAsk[] = [];
    const argv = ["records", "put", "7.7.7.9", "02:42:07:07:07:09", "192.168.64.40", "--json"];
    const { status, out } = await overlaynet(argv, [editable(well[0], asked), dead]);
    const document = RecordsEditDocument.parse(JSON.parse(out));
    expect(document.hosts).to.deep.equal([
      { name: "a", written: ["arp/7.7.7.9", "fdb/02:42:07:07:07:09"], removed: [] },
    ]);
    expect(document.problems.map(({ host }) => host)).to.deep.equal(["b"]);
    expect(asked).to.have.length(1);
    expect(status).to.equal(3);
  });

  it("tells why a host refused, and ends with 1", async () => {
    const editRecords = (): never => {
      throw new HostProblem("failed", "arp/7.7.7.3 is the record of container pink");
    };
    const argv = ["records", "put", "7.7.7.3", "02:42:07:07:07:09", "192.168.64.40"];
    const { status, out } = await overlaynet(argv, [{ ...well[0], answers: { editRecords } }]);
    expect(out).to.contain("arp/7.7.7.3 is the record of container pink");
    expect(status).to.equal(1);
  });

  it("removes the file of a MAC only when no other address has it", () => {
    const twin = { ...byHand, ip: "7.7.7.10" };
    expect(filesWith([byHand, twin], "7.7.7.9")).to.deep.equal({
      arp: [{ ip: "7.7.7.9", mac: byHand.mac }],
      fdb: [],
    });
    expect(filesWith([byHand, twin], byHand.mac)).to.deep.equal({
      arp: [
        { ip: "7.7.7.9", mac: byHand.mac },
        { ip: "7.7.7.10", mac: byHand.mac },
      ],
      fdb: [{ mac: byHand.mac, vtep: byHand.vtep }],
    });
  });

  it("exports folders that it imports again", async () => {
    const exported = await overlaynet(["records", "export", folder], well);
    expect(exported).to.include({ status: 0, out: `${folder}: 3 files in arp/, 3 files in fdb/\n` });
    expect((await readdir(join(folder, "arp"))).sort()).to.deep.equal(["7.7.7.2", "7.7.7.3", "7.7.7.4"]);
    expect(await readFile(join(folder, "fdb", "02:42:07:07:07:03"), "utf8")).to.equal("192.168.64.28\n");
    const asked: EditAsk[] = [];
    const imported = await overlaynet(["records", "import", folder], [editable(well[0], asked)]);
    expect(imported).to.include({ status: 0, out: "a: 6 files written\n" });
    expect(asked.map(({ put }) => put)).to.deep.equal([await readFolder(folder)]);
  });

  it("sends a large folder in parts, where each MAC is before whose it is", async () => {
    const many = Array.from({ length: recordsPerMessage + 1 }, (_, index): RecordEntry => {
      const bytes = [index >> 8, index & 0xff];
      const mac = `02:42:00:00:${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
      return { ip: `7.7.${bytes.join(".")}`, mac, vtep: "192.168.64.40", origin: "by hand" };
    });
    await writeFolder(folder, filesOf(many));
    const asked: EditAsk[] = [];
    await overlaynet(["records", "import", folder], [editable(well[0], asked)]);
    expect(asked.map(({ put }) => [put.arp.length, put.fdb.length])).to.deep.equal([
      [0, recordsPerMessage],
      [0, 1],
      [recordsPerMessage, 0],
      [1, 0],
    ]);
  });

  it("names a file that is no record, and refuses what hosts have differently, with 2", async () => {
    await overlaynet(["records", "export", folder], well);
    await writeFile(join(folder, "arp", "7.7.7.5"), "nonsense\n");
    const wrong = await overlaynet(["records", "import", folder], well);
    expect(wrong.status).to.equal(2);
    expect(wrong.err).to.match(/arp\/7\.7\.7\.5: expected .*nonsense/);
    const moved: Said = { ...well[1], records: [{ ...records[0]!, vtep: "192.168.64.28" }] };
    const two = await overlaynet(["records", "export", folder], [well[0], moved]);
    expect(two.status).to.equal(2);
    expect(two.err).to.contain("two values of fdb/02:42:07:07:07:02: 192.168.64.27 and 192.168.64.28");
    const empty = await overlaynet(["records", "import", join(folder, "none")], well);
    expect(empty.err).to.contain("expected folders arp/ and fdb/ with records");
  });
});
