import { CommandFailed, hostRunner } from "@overlaynet/agent/reconcile/runner";
import { expect } from "chai";

describe("programs of a host", () => {
  it("are given their input, and tell what they wrote and how they ended", async () => {
    expect(await hostRunner.attempt(["cat"], "a\nb\n")).to.deep.equal({ stdout: "a\nb\n", stderr: "", exitCode: 0 });
    const ran = await hostRunner.attempt(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(ran).to.deep.equal({ stdout: "out\n", stderr: "err\n", exitCode: 3 });
  });

  it("speak English, and are found where Debian keeps root's", async () => {
    const { stdout } = await hostRunner.run(["sh", "-c", 'echo "$LC_ALL $PATH"']);
    expect(stdout).to.match(/^C \/usr\/local\/sbin:\/usr\/sbin:\/sbin:/);
  });

  it("get no shell: an argument stays what it is", async () => {
    expect((await hostRunner.run(["printf", "%s", "$(id); `id`"])).stdout).to.equal("$(id); `id`");
  });

  it("that are not there end with 127 and a reason", async () => {
    const ran = await hostRunner.attempt(["overlaynet-no-such-program", "x"]);
    expect(ran.exitCode).to.equal(127);
    expect(ran.stderr).to.include("overlaynet-no-such-program").and.to.include("ENOENT");
  });

  it("that a signal ended have no exit status, and say so", async () => {
    const ran = await hostRunner.attempt(["sh", "-c", "kill -9 $$"]);
    expect(ran).to.deep.equal({ stdout: "", stderr: "was ended by SIGKILL", exitCode: 127 });
  });

  it("that do not read all of their input are none the worse for it", async () => {
    const ran = await hostRunner.attempt(["sh", "-c", "exec <&-; echo done"], "x".repeat(4 * 1024 * 1024));
    expect(ran).to.deep.equal({ stdout: "done\n", stderr: "", exitCode: 0 });
  });

  it("that fail are an error with what they said", async () => {
    let failure: unknown;
    await hostRunner.run(["sh", "-c", "echo no such device >&2; exit 2"]).catch((error: unknown) => (failure = error));
    expect(failure).to.be.instanceOf(CommandFailed);
    expect((failure as CommandFailed).message).to.match(/^sh -c .*: no such device$/s);
  });
});
