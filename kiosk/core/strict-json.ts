/**
 * JSON for signed bodies. JSON.parse decides what is JSON; this adds what it lets pass and two readers could read
 * differently: duplicate member names, numbers that are not integers, lone surrogates, deep nesting.
 */

export class StrictJsonError extends Error {
  override readonly name = "StrictJsonError";
  readonly kind: "syntax" | "duplicate" | "number" | "depth" | "text";
  constructor(kind: StrictJsonError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface StrictJsonOptions {
  /** Objects and arrays may nest this deep; the outermost is 1. */
  readonly maxDepth: number;
  /** Refuses fractions, exponents, -0 and integers beyond 2^53 - 1. */
  readonly integersOnly: boolean;
}

/** @throws StrictJsonError with the kind of the first thing that is wrong. */
export function parseStrictJson(text: string, options: StrictJsonOptions): unknown {
  if (!text.isWellFormed()) throw new StrictJsonError("text", "text has a lone surrogate");
  checkDepth(text, options.maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StrictJsonError("syntax", "not JSON");
  }
  checkMembers(text, options.integersOnly);
  return value;
}

/**
 * Runs before JSON.parse, whose own recursion is what deep nesting would attack. One pass and no regular expression: the
 * text is not known to be JSON yet, and an unterminated string must not cost more than its length.
 */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === "\\") index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > maxDepth) throw new StrictJsonError("depth", `nested deeper than ${maxDepth}`);
  }
}

/** Only called on text that JSON.parse took, so tokens come in a valid order. */
function checkMembers(text: string, integersOnly: boolean): void {
  const scopes: (Set<string> | null)[] = [];
  let previous = "";
  for (const token of tokensOf(text)) {
    if (token === "{") scopes.push(new Set());
    else if (token === "[") scopes.push(null);
    else if (token === "}" || token === "]") scopes.pop();
    else if (token === ":") {
      const scope = scopes.at(-1);
      const name = JSON.parse(previous) as string;
      if (scope?.has(name)) throw new StrictJsonError("duplicate", "duplicate member name");
      if (name === "__proto__") throw new StrictJsonError("duplicate", "forbidden member name");
      scope?.add(name);
    } else if (token.startsWith('"')) {
      if (!(JSON.parse(token) as string).isWellFormed())
        throw new StrictJsonError("text", "string has a lone surrogate");
    } else if (integersOnly && /^[-0-9]/.test(token)) {
      const exact = /^(0|-?[1-9][0-9]*)$/.test(token) && Number.isSafeInteger(Number(token));
      if (!exact) throw new StrictJsonError("number", "numbers must be plain integers");
    }
    previous = token;
  }
}

function* tokensOf(text: string): Generator<string> {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs)) yield token;
}
