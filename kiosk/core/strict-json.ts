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
  // Escapes are rare, and only through them can a name be written in two ways or a surrogate stand alone.
  if (text.includes("\\")) checkMembers(text, options.integersOnly);
  else if (membersWritten(text, options.integersOnly) !== membersRead(value)) throw duplicate();
  return value;
}

/**
 * Runs before JSON.parse, whose own recursion is what deep nesting would attack. One pass and no regular expression: the
 * text is not known to be JSON yet, and an unterminated string must not cost more than its length.
 */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index) - 1;
    else if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) depth -= 1;
    if (depth > maxDepth) throw new StrictJsonError("depth", `nested deeper than ${maxDepth}`);
  }
}

/** Colons outside of strings. JSON.parse took the text, so there is one for every member; reading drops a duplicate. */
function membersWritten(text: string, integersOnly: boolean): number {
  let members = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = text.indexOf('"', index + 1);
    else if (code === colon) members += 1;
    else if (integersOnly && isNumber(code)) {
      const end = endOfNumber(text, index);
      checkInteger(text.slice(index, end));
      index = end - 1;
    }
  }
  return members;
}

function membersRead(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + membersRead(item), 0);
  let members = 0;
  for (const [name, item] of Object.entries(value)) {
    if (name === forbiddenName) throw forbidden();
    members += 1 + membersRead(item);
  }
  return members;
}

/** The same for text with escapes. Only called on text that JSON.parse took, so tokens come in a valid order. */
function checkMembers(text: string, integersOnly: boolean): void {
  const scopes: (Set<string> | null)[] = [];
  let before = 0;
  for (let index = 0; index < text.length; ) {
    const code = text.charCodeAt(index);
    const end = code === quote ? endOfString(text, index) : isNumber(code) ? endOfNumber(text, index) : index + 1;
    if (code === openBrace) scopes.push(new Set());
    else if (code === openBracket) scopes.push(null);
    else if (code === closeBrace || code === closeBracket) scopes.pop();
    else if (code === quote) {
      const written = text.slice(index, end);
      const value = JSON.parse(written) as string;
      const scope = scopes.at(-1);
      if (scope && (before === openBrace || before === comma)) addName(scope, value);
      if (!value.isWellFormed()) throw new StrictJsonError("text", "string has a lone surrogate");
    } else if (integersOnly && isNumber(code)) {
      checkInteger(text.slice(index, end));
    }
    if (code > space) before = code;
    index = end;
  }
}

function addName(scope: Set<string>, name: string): void {
  if (scope.has(name)) throw duplicate();
  if (name === forbiddenName) throw forbidden();
  scope.add(name);
}

function checkInteger(written: string): void {
  const isExact = /^(0|-?[1-9][0-9]*)$/.test(written) && Number.isSafeInteger(Number(written));
  if (!isExact) throw new StrictJsonError("number", "numbers must be plain integers");
}

const forbiddenName = "__proto__";
const duplicate = () => new StrictJsonError("duplicate", "duplicate member name");
const forbidden = () => new StrictJsonError("duplicate", "forbidden member name");

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const isNumber = (code: number): boolean => code === 0x2d || (code >= 0x30 && code <= 0x39);

/** @returns where it goes on after the closing quote; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = at;
    while (text.charCodeAt(escapes - 1) === backslash) escapes -= 1;
    if ((at - escapes) % 2 === 0) return at + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  // Digits, point, exponent and signs: everything that stands in a number and nothing that may follow one.
  while (/[0-9.eE+-]/.test(text.charAt(end))) end += 1;
  return end;
}
