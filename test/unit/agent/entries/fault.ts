/** errno.h, as far as it is met with here. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  EOPNOTSUPP: 95,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
} as const;
/** What one call is to meet with: refusals of single requests, errno by errno (0: none), or the end of the call after some requests. */
export type Fault =
  | { readonly refuses: readonly number[] }
  /** The requests before were carried out, and nobody heard of it. */
  | { readonly fails: number; readonly after: number };
