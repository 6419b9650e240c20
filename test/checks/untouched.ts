import { expect } from "chai";
import { diffSnapshots, type ScriptRunner, type Snapshot, snapshot } from "../hosts/snapshot.js";

type Hosts = readonly (ScriptRunner & { readonly name: string })[];

/** What hosts are, one after the other as given. */
export async function snapshots(hosts: Hosts): Promise<readonly Snapshot[]> {
  return Promise.all(hosts.map(snapshot));
}

/** The hosts are what they were when `untouched` was noted. @param when tells in a failure what was done to them since: "after destroy" */
export async function expectUntouched(hosts: Hosts, untouched: readonly Snapshot[], when: string): Promise<void> {
  const now = await snapshots(hosts);
  hosts.forEach(({ name }, index) => {
    expect(diffSnapshots(untouched[index]!, now[index]!), `host ${name} ${when}`).to.equal("");
  });
}
