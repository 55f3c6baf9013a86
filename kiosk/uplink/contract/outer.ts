import { LuError } from "../../core/jws.ts";
import { parseStrictJson, StrictJsonError } from "../../core/strict-json.ts";

/**
 * The outside of a message. Hops may have rewritten it, so fractions pass; what two readers could read differently does
 * not.
 *
 * @param bytes begin with a brace.
 * @throws LuError 1001, 1003, 1007.
 */
export function parseOuter(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new LuError(1001, "outer is not UTF-8");
  }
  try {
    // Starts with a brace and parsed, so it is an object.
    return parseStrictJson(text, { maxDepth: 8, integersOnly: false }) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new LuError(
      error.kind === "duplicate" ? 1003 : error.kind === "depth" ? 1007 : 1001,
      `outer: ${error.message}`,
    );
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
