import { expect } from "chai";
import { vagrantName } from "../../vagrant/vagrant.js";

describe("what Vagrant calls a machine", () => {
  // find_by_prefix in Vagrant's machine_index.rb: such a name would now and then mean another machine.
  it("is the beginning of no UUID", () => {
    for (const machine of ["a", "b", "f"]) expect(vagrantName(machine)).to.match(new RegExp(`^[^0-9a-f].*${machine}$`));
  });
});
