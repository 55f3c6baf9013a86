const usages = new Map<string, number>([
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter, at) => [letter, 0x04 + at] as const),
  ...[..."1234567890"].map((digit, at) => [digit, 0x1e + at] as const),
  ["\n", 0x28],
  ["\t", 0x2b],
  [" ", 0x2c],
  ["-", 0x2d],
  [".", 0x37],
]);

const keypadUsages = new Map<string, number>([
  ...[..."1234567890"].map((digit, at) => [digit, 0x59 + at] as const),
  ["\n", 0x58],
]);

const shiftLeft = 0x02;

/** An eight-byte report of a boot keyboard: the modifiers, a reserved byte, and up to six keys that are down. */
export const report = (keys: readonly number[], modifiers = 0): Uint8Array =>
  Uint8Array.from([modifiers, 0, ...keys, 0, 0, 0, 0, 0, 0].slice(0, 8));

/** The usage of a key. */
export function usageOf(character: string, keypad = false): number {
  const usage = (keypad ? keypadUsages : usages).get(character.toUpperCase());
  if (usage === undefined) throw new RangeError(`no key for ${JSON.stringify(character)}`);
  return usage;
}

/** Presses and releases each key; capitals with shift. */
export const reportsOf = (text: string, { keypad = false } = {}): readonly Uint8Array[] =>
  [...text].flatMap((character) => {
    const isCapital = character >= "A" && character <= "Z";
    return [report([usageOf(character, keypad)], isCapital ? shiftLeft : 0), report([])];
  });
