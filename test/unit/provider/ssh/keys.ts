import { utils } from "ssh2";

/** A made-up ed25519 host key as a line: the right form, told apart by a number. */
export function hostKeyLine(number: number): string {
  const type = Buffer.from("ssh-ed25519");
  const length = (bytes: number): Buffer => Buffer.from([0, 0, 0, bytes]);
  const blob = Buffer.concat([length(type.length), type, length(32), Buffer.alloc(32, number)]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

/**
 * A key pair made for the occasion. Of the pairs that ssh2 makes one in 256 cannot be read, by ssh2 itself too: it drops a
 * public key's leading zeros (ssh2: lib/keygen.js, "Remove leading zero bytes"). Those are made again.
 */
export function keyPair(passphrase?: string): { private: string; public: string } {
  const options = passphrase === undefined ? {} : { passphrase, cipher: "aes256-cbc", rounds: 4 };
  let pair = utils.generateKeyPairSync("ed25519", options as never);
  while (utils.parseKey(pair.public) instanceof Error || utils.parseKey(pair.private, passphrase) instanceof Error)
    pair = utils.generateKeyPairSync("ed25519", options as never);
  return pair;
}
