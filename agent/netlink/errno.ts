import { getSystemErrorMap } from "node:util";

const names = getSystemErrorMap();

/** `ENODEV` for 19; the number for one that Node does not know. */
export function getSystemErrorName(errno: number): string {
  return names.get(-errno)?.[0] ?? `errno ${errno}`;
}

/** `no such device` for 19. */
export function getSystemErrorMessage(errno: number): string {
  return names.get(-errno)?.[1] ?? "unknown error";
}
