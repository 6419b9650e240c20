import * as pulumi from "@pulumi/pulumi";

/** Inputs that are secret wherever they stand. */
const secretNames = new Set(["privateKey", "privateKeyPassword", "password"]);

/**
 * The value with every key, passphrase and password in it marked secret, leaf by leaf: were a whole connection secret, no change of anything in it could be shown
 * (pulumi/pulumi-command#447). What is an output itself is looked into when it is known.
 */
export function withSecrets(value: unknown): unknown {
  if (pulumi.Output.isInstance(value))
    return value.apply((known) => (holdsSecret(known) ? pulumi.secret(known) : known));
  if (value instanceof Promise) return withSecrets(pulumi.output(value));
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => {
      const secret = secretNames.has(name) && member !== undefined && member !== null;
      return [name, secret ? pulumi.secret(member) : withSecrets(member)];
    }),
  );
}

/** The value without keys, passphrases and passwords. */
export function withoutCredentials(value: unknown): unknown {
  if (pulumi.Output.isInstance(value)) return value.apply(withoutCredentials);
  if (value instanceof Promise) return value.then(withoutCredentials);
  if (Array.isArray(value)) return value.map(withoutCredentials);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]: [string, unknown]) => !secretNames.has(name));
  return Object.fromEntries(kept.map(([name, member]: [string, unknown]) => [name, withoutCredentials(member)]));
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]: [string, unknown]) => {
    return (secretNames.has(name) && member !== undefined && member !== null) || holdsSecret(member);
  });
}
