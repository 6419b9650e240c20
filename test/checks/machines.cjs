// A program that makes its machines itself, as one for a cloud does: nothing about them is known before `up`. machines.json says what they will be: address, host key and the file of the private key.
const { readFileSync } = require("node:fs");
const { all, dynamic } = require("@pulumi/pulumi");
const { Overlay, Container } = require("overlaynet");

const provider = {
  async diff(_id, olds, news) {
    return { changes: olds.image !== news.image, replaces: ["image"] };
  },
  async create({ image, address, hostKey, keyPath }) {
    const privateKey = require("node:fs").readFileSync(keyPath, "utf8");
    return { id: address, outs: { image, publicAddress: address, publicKey: hostKey, privateKey } };
  },
};

class Machine extends dynamic.Resource {
  constructor(name, machine) {
    const made = { publicAddress: undefined, publicKey: undefined, privateKey: undefined };
    super(provider, name, { ...machine, ...made }, { additionalSecretOutputs: ["privateKey"] });
  }
}

const machines = JSON.parse(readFileSync("machines.json", "utf8"));
const [a, b] = ["a", "b"].map((name) => new Machine(name, machines[name]));
const overlay = new Overlay("made", {
  vni: 43,
  cidr: "8.8.8.0/24",
  gateway: "8.8.8.1",
  hosts: {
    // Value by value, and as a whole.
    a: { address: a.publicAddress, connection: { hostKey: a.publicKey, privateKey: a.privateKey } },
    b: all([b.publicAddress, b.publicKey, b.privateKey]).apply(([address, hostKey, privateKey]) => {
      return { address, connection: { hostKey, privateKey } };
    }),
  },
});
new Container("here", { overlay, host: "a", ip: "8.8.8.2" });
new Container("there", { overlay, host: "b", ip: "8.8.8.3" });
