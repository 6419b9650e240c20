import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type koffi from "koffi";
import { NetlinkError } from "./error.js";

/**
 * The one boundary to the C library. Node has no netlink, packet or unix datagram socket and no setns; koffi calls libc from
 * JavaScript without a compiler on the host. Every call is synchronous, on the main thread.
 */
export interface PollHandle {
  stop(): void;
  close(): void;
}

/** What koffi.node.poll really calls back with: its types leave the status out, which is negative when polling has ended. */
type Polled = (status: number) => void;
interface RestartableHandle extends PollHandle {
  start(what: { readonly readable: true }, called: Polled): void;
}
type Poll = (fd: number, what: { readonly readable: true }, called: Polled) => RestartableHandle;

type Koffi = typeof koffi;
type Call = (...args: unknown[]) => number;

interface Library {
  readonly koffi: Koffi;
  readonly socket: Call;
  readonly bind: Call;
  readonly connect: Call;
  readonly send: Call;
  readonly sendto: Call;
  readonly recv: Call;
  readonly recvmmsg: Call;
  readonly sendmmsg: Call;
  readonly getsockname: Call;
  readonly setsockopt: Call;
  readonly close: Call;
  readonly setns: Call;
  readonly openat: Call;
  readonly read: Call;
  readonly syscall: Call;
  readonly madvise: Call;
}

let loaded: Library | undefined;

function library(): Library {
  if (loaded) return loaded;
  const native = loadKoffi();
  const libc = native.load("libc.so.6");
  const call = (definition: string): Call => libc.func(definition);
  loaded = {
    koffi: native,
    socket: call("int socket(int domain, int type, int protocol)"),
    bind: call("int bind(int fd, void *address, uint32_t length)"),
    connect: call("int connect(int fd, void *address, uint32_t length)"),
    send: call("intptr_t send(int fd, void *bytes, size_t length, int flags)"),
    sendto: call(
      "intptr_t sendto(int fd, void *bytes, size_t length, int flags, void *address, uint32_t addressLength)",
    ),
    recv: call("intptr_t recv(int fd, void *buffer, size_t length, int flags)"),
    recvmmsg: call("int recvmmsg(int fd, uintptr_t headers, uint32_t count, int flags, void *timeout)"),
    sendmmsg: call("int sendmmsg(int fd, uintptr_t headers, uint32_t count, int flags)"),
    getsockname: call("int getsockname(int fd, void *address, void *length)"),
    setsockopt: call("int setsockopt(int fd, int level, int name, void *value, uint32_t length)"),
    close: call("int close(int fd)"),
    setns: call("int setns(int fd, int type)"),
    openat: call("int openat(int directory, void *name, int flags)"),
    read: call("intptr_t read(int fd, void *buffer, size_t length)"),
    syscall: call("long syscall(long number, int fd, void *buffer, size_t length)"),
    madvise: call("int madvise(uintptr_t address, size_t length, int advice)"),
  };
  return loaded;
}

/**
 * On a host koffi.node lies next to the bundle and is opened directly: the package's own loader computes the file's place from its own,
 * which a bundle does not have. In a checkout the package is found the usual way.
 */
function loadKoffi(): Koffi {
  const beside = join(__dirname, "koffi.node");
  if (!existsSync(beside)) return createRequire(__filename)("koffi") as Koffi;
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, beside);
  return module.exports as Koffi;
}

/** Runs a call, and again when a signal interrupted it. */
function checked(operation: string, call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0) return result;
    failUnlessInterrupted(operation);
  }
}

function failUnlessInterrupted(operation: string): void {
  const errno = library().koffi.errno();
  if (errno !== EINTR) throw new NetlinkError(operation, errno);
}

const EINTR = 4;
const EAGAIN = 11;

/** @throws NetlinkError as all functions of this file */
export function socket(domain: number, type: number, protocol: number): number {
  return checked("socket", () => library().socket(domain, type, protocol));
}

export function bind(fd: number, address: Buffer): void {
  checked("bind", () => library().bind(fd, address, address.length));
}

/** Whom the socket speaks with, and nobody else. */
export function connect(fd: number, address: Buffer): void {
  checked("connect", () => library().connect(fd, address, address.length));
}

/** Sends the first `length` bytes to whom the socket speaks with, all unless told. */
export function send(fd: number, bytes: Buffer, length = bytes.length): void {
  const native = library().send;
  while (native(fd, bytes, length, 0) < 0) failUnlessInterrupted("send");
}

/** Sends the first `length` bytes to an address. */
export function sendTo(fd: number, bytes: Buffer, length: number, address: Buffer): void {
  const native = library().sendto;
  while (native(fd, bytes, length, 0, address, address.length) < 0) failUnlessInterrupted("send");
}

/** How many bytes were received, undefined when there is nothing to receive now (or, with a time limit, not in time). */
export function receive(fd: number, buffer: Buffer, flags = 0): number | undefined {
  const { recv, koffi: native } = library();
  for (;;) {
    const length = recv(fd, buffer, buffer.length, flags);
    if (length >= 0) return length;
    const errno = native.errno();
    if (errno === EAGAIN) return undefined;
    if (errno !== EINTR) throw new NetlinkError("receive", errno);
  }
}

/**
 * Receives several datagrams at once, described by `struct mmsghdr`s at an address of {@link addressOf}. Answers how many, undefined when
 * there are none now. What goes wrong after the first is told by the next call.
 */
export function receiveMany(fd: number, headers: number, count: number, flags: number): number | undefined {
  const { recvmmsg, koffi: native } = library();
  for (;;) {
    const received = recvmmsg(fd, headers, count, flags, null);
    if (received >= 0) return received;
    const errno = native.errno();
    if (errno === EAGAIN) return undefined;
    if (errno !== EINTR) throw new NetlinkError("receive", errno);
  }
}

/** Sends several datagrams at once, described in the same way. Answers how many were sent. @throws NetlinkError when the first cannot be */
export function sendMany(fd: number, headers: number, count: number): number {
  return checked("send", () => library().sendmmsg(fd, headers, count, 0));
}

/** Where a buffer that is not moved (allocUnsafeSlow) lies, for structures that point at it: as long as somebody keeps the buffer. */
export function addressOf(buffer: Buffer): number {
  return Number(library().koffi.address(buffer));
}

/** The address that a socket is bound to, of at most `size` bytes. */
export function nameOf(fd: number, size: number): Buffer {
  const address = Buffer.alloc(size);
  checked("getsockname", () => library().getsockname(fd, address, int32(size)));
  return address;
}

export function setOption(fd: number, level: number, name: number, value: Buffer | number): void {
  const bytes = typeof value === "number" ? int32(value) : value;
  checked("setsockopt", () => library().setsockopt(fd, level, name, bytes, bytes.length));
}

export function close(fd: number): void {
  library().close(fd);
}

/**
 * Opens a file of a folder to be read; a path when the folder is {@link atWorkingDirectory}. Answers with the descriptor, or with the
 * errno, negative: whoever reads a hundred thousand small files meets with files that have gone, and node:fs takes twice as long.
 *
 * @param name ends with a zero byte
 */
export function openAt(directory: number, name: Buffer, flags: number): number {
  return answered(() => library().openat(directory, name, flags | O_CLOEXEC));
}

/** How many bytes were read, or the errno, negative. */
export function readFrom(fd: number, buffer: Buffer): number {
  return answered(() => library().read(fd, buffer, buffer.length));
}

/** Reads the next names of a folder, `struct linux_dirent64` (getdents64(2)); answers as {@link readFrom}. glibc has had a function of its own only since 2.30. */
export function readNames(fd: number, buffer: Buffer): number {
  return answered(() => library().syscall(getdents64, fd, buffer, buffer.length));
}

function answered(call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0) return result;
    const errno = library().koffi.errno();
    if (errno !== EINTR) return -errno;
  }
}

/** AT_FDCWD */
export const atWorkingDirectory = -100;
const O_CLOEXEC = 0o2000000;
const getdents64 = process.arch === "arm64" ? 61 : 217;

/**
 * Takes pages of a mapped file out of this process's memory until they are used again: they stay in the page cache (MADV_DONTNEED,
 * madvise(2)). Only for mappings that nobody writes to. A kernel that refuses changes nothing.
 */
export function releasePages(address: number, length: number): void {
  library().madvise(address, length, MADV_DONTNEED);
}

const MADV_DONTNEED = 4;

/** Moves the main thread into the namespace that the descriptor stands for. */
export function setNamespace(fd: number, type: number): void {
  checked("setns", () => library().setns(fd, type));
}

/**
 * Calls back whenever there is something to read, an error too, from the event loop and without a thread. The handle must be kept in a
 * field: when it is collected, polling ends and the process exits as if it had nothing to do.
 *
 * An error of the socket, which a netlink socket has whenever notices were lost (ENOBUFS), ends libuv's polling (EPOLLERR in
 * uv__poll_io, src/unix/poll.c): whoever does not begin again is deaf from then on.
 */
export function pollReadable(fd: number, readable: () => void): PollHandle {
  const what = { readable: true } as const;
  const poll = library().koffi.node.poll as unknown as Poll;
  const called = (status: number): void => {
    if (status < 0) handle.start(what, called);
    readable();
  };
  const handle = poll(fd, what, called);
  return handle;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}
