import type { LuCode } from "../../core/jws.ts";

/** Every number a message can be refused with, in words. docs/uplink.md shows this table. */
export const luWords: Readonly<Record<LuCode, string>> = {
  1001: "cannot be read, or a required member is missing or wrong",
  1002: "base64url is not canonical",
  1003: "duplicate or forbidden member, or a number that is no plain integer",
  1004: "typ, alg or kid is unknown, or the key is not this sender's",
  1005: "outside and inside differ, or it is about another device",
  1006: "signature does not verify",
  1007: "too large, too deep, or it unpacks to too much",
  2001: "numbers are missing (for information)",
  2002: "prev, a root or a proof is not what the records give",
  2003: "fork: two records for one place",
  2004: "receipt whose hash or number is not ours",
  2005: "a new life of the journal that nobody authorised",
  3001: "the key's role does not cover this command",
  3002: "the command, the roster or the settings are for others",
  3003: "the command is too late, too early, or the clock cannot tell",
  3004: "the command or answer was here before",
  3005: "the command needs a second signature of another role",
  3006: "the command failed",
  4001: "the roster page leads on from another version",
  4002: "the roster's root is not what its items give",
  4003: "the version is not newer",
  4004: "the settings are not valid, or were taken back",
};
