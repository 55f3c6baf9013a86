/** An upper bound for all that begin so: longer than any hash. */
export const endOfPrefix = (prefix: Uint8Array): Buffer => Buffer.concat([prefix, Buffer.alloc(33, 0xff)]);
