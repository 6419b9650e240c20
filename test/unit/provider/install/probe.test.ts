import { expect } from "chai";
import { compareVersions } from "@overlaynet/provider/install/install";
import { readProbe, unmet } from "@overlaynet/provider/install/probe";

const fit = `You have mail.
overlaynet-probe
machine x86_64
kernel 6.1.0-50-cloud-amd64
glibc glibc 2.36
libstdcxx yes
root yes
systemd systemd 252 (252.39-1~deb12u1)
installed node-fde6a4bf8d0562f7
`;

function reasons(change: (text: string) => string): string[] {
  return unmet(readProbe(change(fit)));
}

describe("a machine that may become a host", () => {
  it("says what it is, whatever its shell prints before", () => {
    expect(readProbe(fit)).to.deep.equal({
      machine: "x86_64",
      kernel: "6.1.0-50-cloud-amd64",
      glibc: "glibc 2.36",
      libstdcxx: true,
      root: true,
      lacking: [],
      links: "",
      systemd: 252,
      administered: false,
      installed: ["node-fde6a4bf8d0562f7"],
    });
    expect(reasons((text) => text)).to.deep.equal([]);
  });

  const misfits: [string, (text: string) => string, RegExp][] = [
    ["another processor", (text) => text.replace("x86_64", "riscv64"), /processor is riscv64; x86_64 and aarch64/],
    ["an old kernel", (text) => text.replace("6.1.0", "5.4.0"), /Linux 5\.4\.0.*; 5\.10 or later/],
    ["musl", (text) => text.replace("glibc glibc 2.36", "glibc "), /no glibc \(musl\?\)/],
    ["an old glibc", (text) => text.replace("glibc 2.36", "glibc 2.17"), /glibc is 2\.17; 2\.28/],
    ["no libstdc++", (text) => text.replace("libstdcxx yes\n", ""), /lacks libstdc\+\+6; install it/],
    ["no iproute2", (text) => `${text}lacking ip\nlacking bridge\n`, /lacks ip, bridge; install the packages/],
    [
      "a kernel without vxlan",
      (text) => `${text}links Error: Unknown device type.\nlinks Command failed -:3\n`,
      /^the kernel cannot make vxlan devices \(Error: Unknown device type\.\); install a kernel with that module/,
    ],
    ["an old systemd", (text) => text.replace("systemd 252", "systemd 241"), /systemd is 241; 247/],
    ["an administrator's agent", (text) => `${text}administered yes\n`, /administrator takes care of its agent/],
    ["no way to be root", (text) => text.replace("root yes\n", "root no\n"), /not root and sudo asks/],
  ];
  for (const [what, change, sentence] of misfits) {
    it(`is refused for ${what}`, () => {
      const given = reasons(change);
      expect(given).to.have.lengthOf(1);
      expect(given[0]).to.match(sentence);
    });
  }

  it("is refused for everything at once", () => {
    expect(unmet(readProbe(""))).to.have.lengthOf(6);
  });
});

describe("an agent's version", () => {
  it("is ordered by its numbers", () => {
    expect(compareVersions("0.10.0", "0.9.9")).to.be.greaterThan(0);
    expect(compareVersions("1.0.0", "1.0.0")).to.equal(0);
    expect(compareVersions("0.9.9", "1.0.0")).to.be.lessThan(0);
  });
});
