/** Hosts keep an id in the alias of every kernel object, and take at most so many characters (core: schema.identifier). */
const longest = 64;

/** A resource's id, which is its uid on hosts as well: its name, so that a person can tell, and something random. */
export function newId(name: string, random: string): string {
  return `${name.slice(0, longest - 1 - random.length)}-${random}`;
}
