import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrictJson, StrictJsonError } from "../../../kiosk/core/strict-json.ts";

const parse = (text: string): unknown => parseStrictJson(text, { maxDepth: 8, integersOnly: true });

function kindOf(text: string): string {
  try {
    parse(text);
    return "good";
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    return error.kind;
  }
}

const integerTree = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 6 },
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

test("whatever we can write with integers and eight levels, we read back as JSON.parse does", () => {
  fc.assert(
    fc.property(integerTree, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      // JSON.stringify writes -0 as 0, so what comes back is compared with what JSON itself keeps.
      const text = JSON.stringify(value, null, indent);
      if (kindOf(text) === "depth") return;
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("a member name twice is refused wherever it stands and however it is written", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), integerTree, integerTree, (name, one, other) => {
      const escaped = [...name].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
      const text = `{${JSON.stringify(name)}:${JSON.stringify(one)},"${escaped}":${JSON.stringify(other)}}`;
      expect(["duplicate", "depth"]).toContain(kindOf(text));
      expect(["duplicate", "depth"]).toContain(kindOf(`[{"a":${text}}]`));
    }),
  );
});

test("a number that is not a plain integer is refused", () => {
  for (const text of ["1.0", "1e3", "1E3", "-0", "0.5", "9007199254740992", "-9007199254740992", "1e-1"]) {
    expect(kindOf(text), text).toBe("number");
    expect(kindOf(`{"a":[${text}]}`), text).toBe("number");
  }
  for (const text of ["0", "-1", "9007199254740991", '{"a":"1.0 -0"}']) expect(kindOf(text), text).toBe("good");
});

test("eight levels pass and nine do not, and brackets inside strings are no levels", () => {
  expect(kindOf("[".repeat(8) + "]".repeat(8))).toBe("good");
  expect(kindOf("[".repeat(9) + "]".repeat(9))).toBe("depth");
  expect(kindOf(`["${"[".repeat(50)}\\"[[[["]`)).toBe("good");
  expect(kindOf("[".repeat(100_000))).toBe("depth");
});

test("a lone surrogate, raw or escaped, a byte-order mark and a forbidden name are refused", () => {
  expect(kindOf('"\ud800"')).toBe("text");
  expect(kindOf('"\\ud800"')).toBe("text");
  expect(kindOf("\ufeff{}")).toBe("syntax");
  expect(kindOf('{"__proto__":1}')).toBe("duplicate");
});

test("no text at all makes it throw anything but its own error", () => {
  const jsonish = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 0-1e.u\u0000a'.split("")), maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(jsonish, fc.string({ unit: "binary" })), (text) => void kindOf(text)),
    { numRuns: 2_000 },
  );
});

test("an unterminated string full of escaped quotes costs no more than its length", () => {
  const startMs = performance.now();
  expect(kindOf(`"${'\\"'.repeat(500_000)}`)).toBe("syntax");
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
