import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeCgroup } from "../hosts/cgroup.js";
import { run, type Command, type CommandOptions } from "../hosts/command.js";
import { OPERATOR_ADDRESS } from "../hosts/names.js";
import { CACHE, ENTER, type FleetPaths } from "../hosts/paths.js";
import { until } from "../hosts/poll.js";
import { startInit } from "../hosts/start.js";
import type { Acceleration } from "./acceleration.js";
import { BOX, type Box } from "./box.js";
import { VAGRANT_FOLDER, VAGRANT_SOURCE } from "./paths.js";

/** Everything that would send a request by way of somebody else. */
const PROXIES = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/**
 * The namespaces that Vagrant, libvirt and QEMU run in, and how to run something there: libvirt's own files, no route
 * out, all processes in one cgroup.
 */
export class World {
  constructor(
    private readonly paths: FleetPaths,
    private readonly accelerated: Acceleration,
    private readonly machines: number,
  ) {}

  /** Makes the world, with libvirt's daemon, storage, underlay, and the box as if it had been added to Vagrant. */
  async start(box: Box): Promise<void> {
    const { state, cgroup } = this.paths;
    await mkdir(join(state, "consoles"), { recursive: true, mode: 0o700 });
    await makeCgroup(cgroup, ["init", "command"]);
    await startInit({
      what: "Vagrant's world",
      script: join(VAGRANT_SOURCE, "init.sh"),
      args: [state, cgroup, CACHE, this.accelerated],
      state,
      cgroup,
    });
    const answers = async (): Promise<boolean> => (await this.virsh(["version"], { reject: false })).exitCode === 0;
    await until("libvirtd answers", answers, { within: 60_000, every: 100 });
    await this.addBox(box);
    await this.virsh(["pool-define-as", "default", "dir", "--target", "/var/lib/libvirt/images"]);
    // It looks now, and not again, for what lies in its folder.
    await this.virsh(["pool-start", "default"]);
    const network = join(state, "underlay.xml");
    await writeFile(network, underlay());
    await this.virsh(["net-create", network]);
  }

  /** As `vagrant box add` and the upload of the first `vagrant up` would, which take seconds more: both are plain files. */
  private async addBox(box: Box): Promise<void> {
    const name = BOX.name.replace("/", "-VAGRANTSLASH-");
    const added = join(this.paths.state, "vagrant.d", "boxes", name, BOX.version, "libvirt");
    await mkdir(dirname(added), { recursive: true });
    await symlink(box.folder, added);
    const volume = `${name}_vagrant_box_image_${BOX.version}_box.img`;
    await copyFile(join(box.folder, "box.img"), join(this.paths.state, "libvirt", "lib", "images", volume));
  }

  /** Runs `argv` with the network, the mounts and the /dev of the world. @throws as `run` does. */
  inside(argv: readonly string[], options?: CommandOptions): Command {
    return run([ENTER, this.paths.cgroup, "underlay", ...argv], options);
  }

  /** Runs `argv` at the operator's place: with the network of the world, and all else as for any command here. */
  op(argv: readonly string[], options?: CommandOptions): Command {
    return run([ENTER, this.paths.cgroup, "op", ...argv], options);
  }

  virsh(argv: readonly string[], options?: CommandOptions): Command {
    return this.inside(["virsh", "--quiet", "--connect", "qemu:///system", ...argv], { timeout: 60_000, ...options });
  }

  /** What the Vagrantfile and Vagrant itself are told. */
  vagrantEnvironment(): Record<string, string> {
    return {
      ...Object.fromEntries(PROXIES.map((name) => [name, ""])),
      OVERLAYNET_ACCEL: this.accelerated,
      OVERLAYNET_BOX: BOX.name,
      OVERLAYNET_CONSOLES: this.consoles,
      OVERLAYNET_MACHINES: `${this.machines}`,
      LIBVIRT_DEFAULT_URI: "qemu:///system",
      VAGRANT_HOME: join(this.paths.state, "vagrant.d"),
      VAGRANT_DOTFILE_PATH: join(this.paths.state, "vagrant"),
      VAGRANT_CWD: VAGRANT_FOLDER,
      VAGRANT_NO_COLOR: "1",
      VAGRANT_CHECKPOINT_DISABLE: "1",
      VAGRANT_BOX_UPDATE_CHECK_DISABLE: "1",
      // Debian packages Vagrant with newer gems than it names.
      VAGRANT_DISABLE_STRICT_DEPENDENCY_ENFORCEMENT: "1",
    };
  }

  get consoles(): string {
    return join(this.paths.state, "consoles");
  }
}

/** The Vagrantfile's private network, made before it asks for it, so that its bridge has a name that tests know. */
function underlay(): string {
  return `<network>
    <name>overlaynet-underlay</name>
    <bridge name="underlay" stp="off" delay="0"/>
    <ip address="${OPERATOR_ADDRESS}" netmask="255.255.255.0"/>
  </network>`;
}
