import { expect } from "chai";
import { errorOf, parseRow, parseSshConfig, progressOf, type Row } from "../../vagrant/machine-readable.js";

describe("what vagrant --machine-readable prints", () => {
  it("is rows of a machine, a type and values", () => {
    expect(parseRow("1795365685,a,state,running")).to.deep.equal({ machine: "a", type: "state", data: ["running"] });
    expect(parseRow("1795365685,,ui,info,Bringing machine 'a' up")?.machine).to.equal("");
  });

  it("has commas and line ends within a value written otherwise", () => {
    const row = parseRow("1795365685,a,ui,info,one%!(VAGRANT_COMMA) two\\nthree");
    expect(row?.data).to.deep.equal(["info", "one, two\nthree"]);
  });

  it("may have lines between that are not Vagrant's", () => {
    for (const line of ["", "warning: already initialized constant", "Error, with a comma,x"]) {
      expect(parseRow(line), line).to.equal(undefined);
    }
  });

  it("tells the error it ended with, without Ruby's stack", () => {
    const text = "It broke:\n\nvolume exists\n/usr/lib/ruby/fog.rb:6:in `create_volume'\n/usr/lib/x.rb:7:in `save'\n";
    const rows: Row[] = [
      { machine: "", type: "ui", data: ["error", "It broke"] },
      { machine: "", type: "error-exit", data: ["RuntimeError", text] },
    ];
    expect(errorOf(rows)).to.equal("It broke:\nvolume exists\n");
    expect(errorOf(rows.slice(0, 1))).to.equal(undefined);
  });

  it("tells people what goes on, a line at a time, without the details", () => {
    const said = (level: string, text: string): string | undefined =>
      progressOf({ machine: "a", type: "ui", data: [level, text] });
    expect(said("info", "==> host-a: Starting domain.")).to.equal("a: Starting domain.");
    expect(said("info", "Current states:\n\na  running")).to.equal("a: Current states:");
    expect(said("info", "==> host-a:  -- Memory:            512M")).to.equal(undefined);
    expect(said("detail", "a: Warning: Connection refused. Retrying...")).to.equal(undefined);
    expect(progressOf({ machine: "a", type: "state", data: ["running"] })).to.equal(undefined);
  });
});

describe("vagrant ssh-config", () => {
  const text =
    "Host a\n  HostName 192.168.121.11\n  User vagrant\n  Port 2222\n  IdentityFile /x/id\n  LogLevel FATAL\n";

  it("says where SSH reaches a machine, and as whom", () => {
    expect(parseSshConfig(text)).to.deep.equal({ host: "192.168.121.11", port: 2222, user: "vagrant" });
  });

  it("is refused when it says less", () => {
    expect(() => parseSshConfig(text.replace("HostName", "Hostname"))).to.throw("has no HostName");
  });
});
