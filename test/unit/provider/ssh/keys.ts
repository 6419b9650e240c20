import { utils } from "ssh2";

/** A made-up ed25519 host key as a line: the right form, told apart by a number. */
export function hostKeyLine(number: number): string {
  const type = Buffer.from("ssh-ed25519");
  const length = (bytes: number): Buffer => Buffer.from([0, 0, 0, bytes]);
  const blob = Buffer.concat([length(type.length), type, length(32), Buffer.alloc(32, number)]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

/** A key pair made for the occasion. */
export function keyPair(passphrase?: string): { private: string; public: string } {
  const options = passphrase === undefined ? {} : { passphrase, cipher: "aes256-cbc", rounds: 4 };
  return utils.generateKeyPairSync("ed25519", options as never);
}
