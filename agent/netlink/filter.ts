import { RTM, SO_ATTACH_FILTER, SOL_SOCKET } from "./constants.js";
import { addressOf, setOption } from "./native.js";

/** Classic BPF, linux/bpf_common.h. Loads are in network byte order, netlink's numbers are little-endian: constants are turned round. */
const BPF = { LD_H_ABS: 0x28, LD_W_ABS: 0x20, JEQ: 0x15, RET: 0x06 } as const;
const typeAt = 4;
const portAt = 12;
const everything = 0xffff_ffff;

/** One `struct sock_filter`. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, constant: number];

/**
 * Keeps from a socket what the kernel tells of neighbours that some sockets wrote: it names the port of whoever asked (__neigh_update in
 * net/core/neighbour.c), and a resolver learns nothing from its own. Those of forwarding entries name no port (vxlan_fdb_notify) and come.
 *
 * @throws NetlinkError
 */
export function ignoreNeighboursOf(fd: number, ports: readonly number[]): void {
  const ours = ports.map((port, index): Instruction => [BPF.JEQ, ports.length - index, 0, swapped32(port)]);
  const instructions: readonly Instruction[] = [
    [BPF.LD_H_ABS, 0, 0, typeAt],
    [BPF.JEQ, 0, ports.length + 1, RTM.NEWNEIGH << 8],
    [BPF.LD_W_ABS, 0, 0, portAt],
    ...ours,
    [BPF.RET, 0, 0, everything],
    [BPF.RET, 0, 0, 0],
  ];
  const program = Buffer.allocUnsafeSlow(instructions.length * 8);
  instructions.forEach(([code, jumpTrue, jumpFalse, constant], index) => {
    program.writeUInt16LE(code, index * 8);
    program.writeUInt8(jumpTrue, index * 8 + 2);
    program.writeUInt8(jumpFalse, index * 8 + 3);
    program.writeUInt32LE(constant, index * 8 + 4);
  });
  const description = Buffer.alloc(16);
  description.writeUInt16LE(instructions.length, 0);
  description.writeBigUInt64LE(BigInt(addressOf(program)), 8);
  setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, description);
}

function swapped32(value: number): number {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value, 0);
  return bytes.readUInt32BE(0);
}
