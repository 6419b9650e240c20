import { type HostOptions, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { givenConfig, givenHost, isGiven } from "./given.js";
import { SshOperatorHost } from "./ssh-host.js";
import { readStack } from "./stack.js";

/**
 * The hosts of the stack that the options name, or those given by hand. None is connected to before it is asked.
 *
 * @param say told what takes long
 * @throws UsageError
 */
export async function operatorHosts(options: HostOptions, say: (line: string) => void): Promise<OperatorHosts> {
  const given = options.host.filter(isGiven).map(givenHost);
  if (given.length > 0) {
    if (given.length < options.host.length || options.stack !== undefined) {
      throw new UsageError("--host: give hosts by hand (name=user@address) or those of a stack (name), not both");
    }
    const config = givenConfig(options.identity);
    const hosts = given.map((host) => new SshOperatorHost(host, config, options.timeout, say));
    return { title: "hosts given by hand", hosts, close: () => closeAll(hosts) };
  }
  const { title, hosts: all, expected, config } = await readStack(options);
  if (all.length === 0) throw new UsageError(`${title} has no Overlay; \`pulumi up\` of one comes first`);
  const names = all.map(({ name }) => name);
  const strange = options.host.filter((name) => !names.includes(name));
  if (strange.length > 0) {
    throw new UsageError(`--host: ${title} has no host ${strange.join(", ")}; it has ${names.join(", ")}`);
  }
  const chosen = all.filter(({ name }) => options.host.length === 0 || options.host.includes(name));
  const hosts = chosen.map((host) => new SshOperatorHost(host, config, options.timeout, say));
  return { title, hosts, expected, close: () => closeAll(hosts) };
}

async function closeAll(hosts: readonly SshOperatorHost[]): Promise<void> {
  await Promise.all(hosts.map((host) => host.close()));
}
