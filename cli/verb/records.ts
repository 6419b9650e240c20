import { InvalidValue, parseIp, parseMac } from "@overlaynet/core/model/index";
import { type Command, InvalidArgumentError } from "commander";
import type { RecordsDocument, RecordsEditDocument } from "../document/records.js";
import { Exit } from "../exit.js";
import { fromAll } from "../gather.js";
import { styleFor } from "../output/style.js";
import { count, stackedTable } from "../output/table.js";
import { type Edit, editOn, filesWith } from "../records/edit.js";
import { filesOf, noFiles, readFolder, writeFolder } from "../records/files.js";
import { lookAtRecords, onlyOverlay, problemsOf } from "../records/look.js";
import { type HostRecords, mergeRecords } from "../records/merge.js";
import { recordColumns, recordRow, renderProblems } from "../status/render.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, withHosts } from "./call.js";

interface RecordsOptions extends CommonOptions {
  readonly overlay?: string;
  readonly byHand?: boolean;
}

type Finish = (exit: Exit) => void;

/** `records`: who is where, as hosts have it on file; to be read, and changed where no resource asks for it. */
export function addRecords(program: Command, world: World, finish: Finish): void {
  const records = program
    .command("records")
    .summary("list, get, put, rm, export, import: who is where")
    .description("Reads the records of all hosts, and writes those that no resource asks for.");
  addReading(records, world, finish);
  addEditing(records, world, finish);
  addFolders(records, world, finish);
}

function addReading(records: Command, world: World, finish: Finish): void {
  const list = verb(records, world, "list", "records").summary("all records").description("Prints all records.");
  examples(list, ["overlaynet records list", "of the hosts of the selected stack"]);
  list.action(async (options: RecordsOptions) => {
    finish(await print(world, options, () => true));
  });

  const get = verb(records, world, "get", "records")
    .argument("<address>", "an IP or MAC address of a container", address)
    .summary("the records of one address")
    .description("Prints the records of one address. Ends with 1 when there is none.");
  examples(get, ["overlaynet records get 7.7.7.3", "where it is, and which hosts know"]);
  get.action(async (wanted: string, options: RecordsOptions) => {
    finish(await print(world, options, ({ ip, mac }) => ip === wanted || mac === wanted, wanted));
  });
}

function addEditing(records: Command, world: World, finish: Finish): void {
  const put = verb(records, world, "put", "records put")
    .argument("<ip>", "in the overlay", ip)
    .argument("<mac>", "of the interface that has it", mac)
    .argument("<vtep>", "underlay address of the host it is on", ip)
    .summary("write a record by hand")
    .description(
      "Writes a record, or replaces one that was written by hand, on every host of the overlay. That of a resource is refused.",
    );
  examples(put, ["overlaynet records put 7.7.7.9 02:42:07:07:07:09 192.168.64.40", "a VTEP that is no host of ours"]);
  put.action(async (...[ip, mac, vtep, options]: [string, string, string, RecordsOptions]) => {
    const files = filesOf([{ ip, mac, vtep, origin: "by hand" }]);
    finish(await edit(world, options, () => ({ put: files, remove: noFiles })));
  });

  const rm = verb(records, world, "rm", "records put")
    .argument("<address>", "an IP or MAC address", address)
    .summary("remove a record that was written by hand")
    .description("Removes the record of an address from every host that has it. That of a resource is refused.");
  examples(rm, ["overlaynet records rm 7.7.7.9", ""]);
  rm.action(async (wanted: string, options: RecordsOptions) => {
    const work = ({ records: told }: HostRecords, overlay: string): Edit => {
      return { put: noFiles, remove: filesWith(told.get(overlay) ?? [], wanted) };
    };
    finish(await edit(world, options, work));
  });
}

function addFolders(records: Command, world: World, finish: Finish): void {
  const exporting = verb(records, world, "export")
    .argument("<folder>", "made when it is missing")
    .option("--by-hand", "only those that no resource asks for")
    .summary("write all records into a folder")
    .description("Writes a folder with arp/<ip> and fdb/<mac>, a file each, as hosts have them.");
  examples(exporting, ["overlaynet records export backup", ""]);
  exporting.action(async (folder: string, options: RecordsOptions) => {
    finish(
      await withHosts(world, options, async (hosts) => {
        const look = await lookAtRecords(hosts, options.overlay);
        const overlay = onlyOverlay(look, options.overlay);
        const entries = look.told.flatMap(({ records: told }) => told.get(overlay) ?? []);
        const files = filesOf(entries.filter(({ origin }) => options.byHand !== true || origin === "by hand"));
        await writeFolder(folder, files);
        const [arp, fdb] = [count(files.arp.length, "file"), count(files.fdb.length, "file")];
        world.out.write(`${folder}: ${arp} in arp/, ${fdb} in fdb/\n`);
        world.err.write(renderProblems(look.problems, styleFor(world.err, world.env)));
        return exitFor(look.problems);
      }),
    );
  });

  const importing = verb(records, world, "import", "records put")
    .argument("<folder>", "with arp/<ip> and fdb/<mac>, a file each")
    .summary("write the records of a folder")
    .description(
      "Writes the records of a folder on every host of the overlay, all or none of up to 2000. Resources' own may be among them, as they are.",
    );
  examples(importing, ["overlaynet records import /storage", "the folders of the setup that this comes from"]);
  importing.action(async (folder: string, options: RecordsOptions) => {
    const files = await readFolder(folder);
    finish(await edit(world, options, () => ({ put: files, remove: noFiles })));
  });
}

function verb(records: Command, world: World, name: string, document?: string): Command {
  const made = hostVerb(records, world, name).option("-o, --overlay <name>", "the overlay, where there are several");
  return document === undefined ? made : jsonOption(made, document);
}

async function print(
  world: World,
  options: RecordsOptions,
  meant: (record: RecordsDocument["records"][number]) => boolean,
  wanted?: string,
): Promise<Exit> {
  return withHosts(world, options, async (hosts) => {
    const { told, problems } = await lookAtRecords(hosts, options.overlay);
    const found = mergeRecords(told, hosts.hosts).filter(meant);
    const document: RecordsDocument = {
      schema: "overlaynet/records/1",
      title: hosts.title,
      records: found,
      problems: [...problems],
    };
    const style = styleFor(world.out, world.env);
    if (options.json === true) printJson(world, document);
    else {
      const rows = found.map((record) => recordRow(record, hosts.hosts.length));
      world.out.write(stackedTable(recordColumns, rows, world.out.columns) + renderProblems(problems, style));
    }
    if (wanted === undefined || found.length > 0) return exitFor(problems);
    world.err.write(`${style.bad("✗")} nobody who answers has a record of ${wanted}\n`);
    return Exit.Wrong;
  });
}

/** Does to each host's records what `work` says, on all hosts at once. */
async function edit(
  world: World,
  options: RecordsOptions,
  work: (one: HostRecords, overlay: string) => Edit,
): Promise<Exit> {
  return withHosts(world, options, async (hosts) => {
    const look = await lookAtRecords(hosts, options.overlay);
    const overlay = onlyOverlay(look, options.overlay);
    const those = look.told.filter(({ records }) => records.has(overlay));
    const of = new Map(those.map((one) => [one.host, one]));
    const done = await fromAll([...of.keys()], (host) =>
      editOn(host, overlay, work(of.get(host) ?? { host, records: new Map() }, overlay)),
    );
    const document: RecordsEditDocument = {
      schema: "overlaynet/records-edit/1",
      overlay,
      hosts: done.flatMap((one) => (one.problem === undefined ? [{ name: one.host.name, ...one.value }] : [])),
      problems: [...look.problems, ...problemsOf(done)],
    };
    if (options.json === true) printJson(world, document);
    else world.out.write(renderEdit(document, world));
    return exitFor(document.problems);
  });
}

function renderEdit({ hosts, problems }: RecordsEditDocument, world: World): string {
  const lines = hosts.map(({ name, written, removed }) => {
    const what = [
      ...(written.length > 0 ? [`${count(written.length, "file")} written`] : []),
      ...(removed.length > 0 ? [`${count(removed.length, "file")} removed`] : []),
    ];
    return `${name}: ${what.length === 0 ? "nothing to do" : what.join(", ")}\n`;
  });
  return lines.join("") + renderProblems(problems, styleFor(world.out, world.env));
}

function ip(text: string): string {
  return parsedBy(parseIp, text);
}

function mac(text: string): string {
  return parsedBy(parseMac, text);
}

function address(text: string): string {
  return text.includes(":") ? mac(text) : ip(text);
}

/** @throws InvalidArgumentError, which commander tells with the argument's name */
function parsedBy(parse: (text: string) => string, text: string): string {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
