import { InvalidValue } from "./invalid.js";

/** The name of an overlay, container, neighbour entry or host: a file name and a systemd instance name as it stands. */
export type Name = string & { readonly __name: unique symbol };
/** A network interface's name (IFNAMSIZ: at most 15 bytes). */
export type InterfaceName = string & { readonly __interfaceName: unique symbol };
/** A network namespace's name: a file in /run/netns. */
export type NamespaceName = string & { readonly __namespaceName: unique symbol };
/** An absolute path on a host, without `.`, `..`, doubled or trailing slashes. */
export type AbsolutePath = string & { readonly __absolutePath: unique symbol };

/**
 * Reads an identifier made by the provider (a resource's uid, an overlay's id). It becomes part of a mark in the kernel and of `ip -batch` lines.
 *
 * @throws InvalidValue
 */
export function parseIdentifier(given: unknown): string {
  return matching(
    given,
    /^[A-Za-z0-9._-]{1,64}$/,
    "an identifier of 1 to 64 letters, digits, dots, hyphens and underscores",
  );
}

/** @throws InvalidValue */
export function parseName(given: unknown): Name {
  return matching(
    given,
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a name of at most 63 lower-case letters, digits and inner hyphens that begins with a letter",
  ) as Name;
}

/** @throws InvalidValue */
export function parseInterfaceName(given: unknown): InterfaceName {
  return matching(
    given,
    /^(?!lo$|all$|default$)[A-Za-z][A-Za-z0-9_.-]{0,14}$/,
    "an interface name of at most 15 letters, digits, dots, hyphens and underscores that begins with a letter",
  ) as InterfaceName;
}

/** @throws InvalidValue */
export function parseNamespaceName(given: unknown): NamespaceName {
  return matching(
    given,
    /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    "a namespace name of at most 63 letters, digits, hyphens and underscores that begins with a letter",
  ) as NamespaceName;
}

/** @throws InvalidValue */
export function parseAbsolutePath(given: unknown): AbsolutePath {
  return matching(
    given,
    /^(?=.{2,1024}$)(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.@+-]+)+$/,
    "an absolute path of letters, digits and _ . @ + -, without . or .. components",
  ) as AbsolutePath;
}

function matching(given: unknown, pattern: RegExp, expected: string): string {
  if (typeof given !== "string" || !pattern.test(given)) throw new InvalidValue(given, expected);
  return given;
}
