/** The underlay of every lab; nothing routes out of it. */
const NETWORK = "192.168.64";
const FIRST_OCTET = 27;

/** The operator's address on the underlay. */
export const OPERATOR_ADDRESS = `${NETWORK}.1`;

/** The most hosts a lab may have: a to x, 192.168.64.27 to .50. */
export const MOST_HOSTS = 24;

/** A host's place in the lab: what it is called, and the last part of its address. */
export interface Place {
  readonly name: string;
  readonly octet: number;
  readonly address: string;
}

/** The first `count` places: a at 192.168.64.27, b at .28, and so on. */
export function places(count: number): Place[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_HOSTS) {
    throw new Error(`a lab has 1 to ${MOST_HOSTS} hosts, not ${count}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const octet = FIRST_OCTET + index;
    return { name: String.fromCharCode("a".charCodeAt(0) + index), octet, address: `${NETWORK}.${octet}` };
  });
}
