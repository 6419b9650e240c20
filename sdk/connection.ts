import type * as pulumi from "@pulumi/pulumi";

/**
 * How a host is reached by SSH: the convention of `command.remote`'s connection, with what its users miss. Every input but `host`, `hostKey` and `proxy` may also be set for all hosts at
 * once as stack config, `pulumi config set overlaynet:user admin`; what is given here wins.
 */
export interface ConnectionArgs {
  /** The name or address to connect to. Defaults to the host's `address`. */
  host?: pulumi.Input<string>;
  /** The port that sshd listens on. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** The user to log in as: root, or one whom `sudo -n` makes root without a password. Defaults to "root". */
  user?: pulumi.Input<string>;
  /** The user's password; a secret. */
  password?: pulumi.Input<string>;
  /** The text of a private key in OpenSSH, PEM or PKCS#8 form; a secret. It is kept, encrypted, in the state of every resource that uses the connection: `privateKeyPath`, stack config or ssh-agent are better. */
  privateKey?: pulumi.Input<string>;
  /** A file with a private key on the machine that runs Pulumi; `~/` is that user's home. */
  privateKeyPath?: pulumi.Input<string>;
  /** The passphrase of the private key; a secret. */
  privateKeyPassword?: pulumi.Input<string>;
  /** The socket of ssh-agent; `~/` is the operator's home. Defaults to the environment's SSH_AUTH_SOCK. */
  agentSocketPath?: pulumi.Input<string>;
  /** The host's public key as `ssh-keyscan` prints it, `ssh-ed25519 AAAA…`, or its fingerprint, `ssh-ed25519 SHA256:…`. No other is accepted then. Without it, known_hosts decides. */
  hostKey?: pulumi.Input<string>;
  /**
   * What to do with a host whose key is not pinned. Defaults to "strict": its key has to be in known_hosts. "accept-new" also takes a host that nobody knows, and remembers it while the
   * program runs. "off" believes anybody.
   */
  hostKeyCheck?: pulumi.Input<"strict" | "accept-new" | "off">;
  /** The known_hosts file. Defaults to `~/.ssh/known_hosts`. It is never written to. */
  knownHostsPath?: pulumi.Input<string>;
  /** How often to dial before giving up; -1 for ever. A wrong key is not tried again. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds for one dial, log-in included; 0 for no limit. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
  /** Seconds before the second dial; doubles, up to five. Defaults to 1. */
  dialRetryWait?: pulumi.Input<number>;
  /** A jump host that the connection goes by way of; may have one itself. */
  proxy?: pulumi.Input<ConnectionArgs>;
}

/** One machine of an overlay. */
export interface HostArgs {
  /** Its address in the underlay, IPv4: where the other hosts send tunnel packets to. */
  address: pulumi.Input<string>;
  /** How it is reached by SSH; what is left out comes from stack config and defaults. */
  connection?: pulumi.Input<ConnectionArgs>;
}
