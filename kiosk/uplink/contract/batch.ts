import { gunzipSync, gzip, gzipSync } from "node:zlib";
import { z } from "zod";
import { LuError } from "../../core/jws.ts";
import { parseOuter } from "./outer.ts";

/** A bag of bare tokens for a backlog: many records in one message, unsigned, because each of them is signed. */

export const batchContentType = "application/vnd.lintel.batch+json+gzip";

export const maxBatchRecords = 100;
/** Bytes as sent, and as unpacked: a bag that swells beyond is a bomb. */
const maxBatchBytes = 96 * 1024;
const maxInflatedBytes = 1024 * 1024;

/**
 * Signatures and hashes cannot be squeezed, and the rest is as small like this, in less than half the time. A hundred
 * punches are 18 KB packed and 91 KB unpacked: pieces of memory that hold them at once.
 */
const quickly = { level: 1, memLevel: 9, chunkSize: 32 * 1024 };
const unpackedChunkBytes = 128 * 1024;

export const batchEvent = z.looseObject({
  specversion: z.literal("1.0"),
  type: z.literal("dev.lintel.batch.v1"),
  data: z.looseObject({ records: z.array(z.string().max(16 * 1024)).min(1) }),
});

/**
 * @param tokens at most 100.
 * @returns null where they are too many bytes for one message: send them in two.
 */
export function pack(tokens: readonly string[]): Uint8Array | null {
  const json = jsonOf(tokens);
  return json.length > maxInflatedBytes ? null : sendable(gzipSync(json, quickly));
}

/** The same on another thread: nobody at the wall waits for it. `packed` is called once, and never at once. */
export function packAside(tokens: readonly string[], packed: (bytes: Uint8Array | null) => void): void {
  const json = jsonOf(tokens);
  if (json.length > maxInflatedBytes) return void setImmediate(packed, null);
  // What zlib is handed lives until the heap is walked from end to end, and so would all the records behind `packed`.
  let waiting: typeof packed | null = packed;
  gzip(json, quickly, (error, bytes) => {
    const tell = waiting;
    waiting = null;
    tell?.(error === null ? sendable(bytes) : null);
  });
}

const sendable = (bytes: Uint8Array): Uint8Array | null => (bytes.length > maxBatchBytes ? null : bytes);

const beforeTokens = '{"specversion":"1.0","type":"dev.lintel.batch.v1","data":{"records":["';
const betweenTokens = '","';
const afterTokens = '"]}}';

/** Written token by token: a month of them joined to texts first is a month of garbage. */
function jsonOf(tokens: readonly string[]): Uint8Array {
  if (tokens.length === 0 || tokens.length > maxBatchRecords) throw new RangeError("a batch holds 1 to 100 records");
  const around = beforeTokens.length + betweenTokens.length * (tokens.length - 1) + afterTokens.length;
  const json = Buffer.allocUnsafe(tokens.reduce((length, token) => length + token.length, around));
  let end = json.write(beforeTokens, 0, "latin1");
  for (const [at, token] of tokens.entries()) {
    if (at > 0) end += json.write(betweenTokens, end, "latin1");
    // Tokens are base64url and dots: there is nothing in them that JSON would write otherwise.
    end += json.write(token, end, "latin1");
  }
  json.write(afterTokens, end, "latin1");
  return json;
}

/**
 * The single messages in what came: the tokens of a batch, or the message itself.
 *
 * @throws LuError 1001, 1003, 1007: the bag cannot be opened. What is inside says for itself what is wrong with it.
 */
export function unpack(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return [bytes];
  if (bytes.length > maxBatchBytes) throw new LuError(1007, "batch is larger than 96 KiB");
  const inside = inflate(bytes);
  if (inside[0] !== "{".charCodeAt(0)) throw new LuError(1001, "batch is no JSON object");
  const batch = batchEvent.safeParse(parseOuter(inside));
  if (!batch.success) throw new LuError(1001, "no batch inside");
  const { records } = batch.data.data;
  if (records.length > maxBatchRecords) throw new LuError(1007, `more than ${maxBatchRecords} records in a batch`);
  return records.map((token) => Buffer.from(token));
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxInflatedBytes, chunkSize: unpackedChunkBytes });
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new LuError(1007, "batch unpacks to more than 1 MiB");
    }
    throw new LuError(1001, "batch is no gzip");
  }
}
