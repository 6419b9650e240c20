import { createPrivateKey, type KeyObject } from "node:crypto";

const pkcs8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m;

/**
 * A key in PKCS#8 form (RFC 5958), which openssl and Pulumi's `tls.PrivateKey` write and ssh2 does not read, in the form that it does: PKCS#1 for RSA, SEC 1 for ECDSA, OpenSSH's for Ed25519;
 * without its passphrase. A key in another form is answered as it is.
 *
 * @returns "closed" when it has a passphrase and none, or another one, was given
 */
export function fromPkcs8(text: string, passphrase: string | undefined): { readonly key: string } | "closed" {
  if (!pkcs8.test(text)) return { key: text };
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // Damaged or closed: OpenSSL does not tell the two apart for every cipher.
    return text.includes("BEGIN ENCRYPTED") ? "closed" : { key: text };
  }
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return { key: openSsh(key) };
    case "ec":
      return { key: key.export({ format: "pem", type: "sec1" }).toString() };
    case "rsa":
      return { key: key.export({ format: "pem", type: "pkcs1" }).toString() };
    default:
      // Of a kind that SSH does not know, Ed448 for one: refused as what cannot be read.
      return { key: text };
  }
}

/** OpenSSH's own form of an Ed25519 key, without a passphrase (OpenSSH: PROTOCOL.key). */
function openSsh(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const type = Buffer.from("ssh-ed25519");
  // The two numbers that show whether decryption succeeded may be any that are the same; the comment is empty.
  const open = Buffer.concat([
    Buffer.alloc(8),
    ...[type, point, Buffer.concat([seed, point]), Buffer.alloc(0)].map(sized),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (open.length % 8)) % 8 }, (_, index) => index + 1));
  const none = Buffer.from("none");
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[none, none, Buffer.alloc(0)].map(sized),
    uint32(1),
    sized(Buffer.concat([type, point].map(sized))),
    sized(Buffer.concat([open, padding])),
  ]);
  const lines = whole.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
