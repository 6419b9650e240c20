/** Numbers from 0 to below `limit`, the same ones for the same seed: xorshift32 (Marsaglia, 2003). */
export type Random = (limit: number) => number;

export function randomFrom(seed: number): Random {
  // Zero would stay zero.
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** What lengths, types and counts go wrong at. */
const telling = [0, 1, 3, 4, 5, 15, 16, 17, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0xffff_ffff];

type Mutation = (bytes: Buffer, random: Random, corpus: readonly Buffer[]) => Buffer;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
    return bytes;
  },
  function setByte(bytes, random) {
    bytes.writeUInt8(random(256), random(bytes.length));
    return bytes;
  },
  function setLength(bytes, random) {
    // Lengths and types are aligned; most of what an attribute or a message is read by are 16 or 32 bits.
    const width = random(2) === 0 ? 2 : 4;
    const at = random(bytes.length) & ~(width - 1);
    if (at + width > bytes.length) return bytes;
    const value = telling[random(telling.length)] ?? 0;
    if (width === 2) bytes.writeUInt16LE(value & 0xffff, at);
    else bytes.writeUInt32LE(value, at);
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length + 1));
  },
  function remove(bytes, random) {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(16))]);
  },
  function repeat(bytes, random) {
    const at = random(bytes.length);
    const part = bytes.subarray(at, at + 1 + random(64));
    return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  },
  function splice(bytes, random, corpus) {
    const other = corpus[random(corpus.length)] ?? bytes;
    return Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
  },
];

/** A datagram made from one of the corpus by one to eight small damages. */
export function mutant(corpus: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(corpus[random(corpus.length)] ?? []);
  for (let times = 1 + random(8); times > 0 && bytes.length > 0; times -= 1) {
    const mutate = mutations[random(mutations.length)];
    if (mutate !== undefined) bytes = mutate(bytes, random, corpus);
  }
  return bytes;
}
