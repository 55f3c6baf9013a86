import { checked } from "./checksum.ts";
import type { KeyboardFraming } from "./profiles.ts";

/**
 * Badge readers that pretend to be keyboards ("wedges"): eight-byte boot reports become the text of one card.
 * Source: USB HID 1.11, appendix B.1 (boot keyboard report); HID Usage Tables 1.4, page 7.
 */

export interface KeyboardDecoder {
  /** @returns a complete card number when this report ended one, else null. */
  readonly push: (report: Uint8Array) => string | null;
  /**
   * No report came for `gapMs`: what was typed so far ends here, so that half a card is never the head of the next.
   * @returns the card number, where this reader ends its cards in no other way; else null.
   */
  readonly silence: () => string | null;
}

const usualFraming: KeyboardFraming = {
  ...{ kind: "keyboard", end: "learn", gapMs: 100, characters: "letters", checksum: "none" },
};

const usualLengths = Array.from({ length: 29 }, (_, more) => 4 + more);
const enter = 0x28;
const tab = 0x2b;
const keypadEnter = 0x58;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Either Ctrl, Alt or Gui: a person's short cut, never a card. */
const commandKeys = 0b1101_1101;
const alphabets = { digits: /^[0-9]$/, hex: /^[0-9A-F]$/, letters: /^[0-9A-Z]$/ };

/** @param dropped is told of everything that was typed and is no card. */
export function keyboardDecoder(
  framing: KeyboardFraming = usualFraming,
  dropped: () => void = () => undefined,
): KeyboardDecoder {
  const { end, lengths = usualLengths, characters, checksum, reportId } = framing;
  const lengthMax = Math.max(...lengths);
  let text = "";
  let isForeign = false;
  let held = new Set<number>();
  /** A reader that pressed Enter once always does: from then on, silence only means that a card was cut off. */
  let endsWithKey = end === "key";

  const finish = (isEnded: boolean): string | null => {
    const isWhole = isEnded && !isForeign && lengths.includes(text.length);
    const card = isWhole ? checked(text, checksum) : null;
    if (card === null && (text !== "" || isForeign)) dropped();
    text = "";
    isForeign = false;
    return card;
  };

  const push = (report: Uint8Array): string | null => {
    if (reportId !== undefined && report[0] !== reportId) return null;
    const boot = reportId === undefined ? report : report.subarray(1);
    const down = new Set([...boot.subarray(2, 8)].filter((usage) => usage > 3));
    const isCommand = ((boot[0] ?? 0) & commandKeys) !== 0;
    let card: string | null = null;
    for (const usage of down) {
      // A key that is still down was typed already; the report only repeats it.
      if (held.has(usage)) continue;
      if (usage === enter || usage === keypadEnter || usage === tab) {
        // Where silence ends a card, the key is only the last of it.
        card = finish(true) ?? card;
        endsWithKey ||= card !== null && end === "learn";
      } else append(isCommand ? null : characterOf(usage));
    }
    held = down;
    return card;
  };

  const append = (key: string | null): void => {
    // A key that no card number has: this is a person typing, and nothing of it is taken.
    if (key === null || !alphabets[characters].test(key)) isForeign = true;
    else if (text.length <= lengthMax) text += key;
  };

  return { push, silence: () => finish(!endsWithKey) };
}

/** Digits and letters, whatever the shift key says: a card number has no case. */
function characterOf(usage: number): string | null {
  if (usage >= 0x04 && usage <= 0x1d) return letters.charAt(usage - 0x04);
  if (usage >= 0x1e && usage <= 0x26) return String(usage - 0x1d);
  if (usage === 0x27 || usage === 0x62) return "0";
  if (usage >= 0x59 && usage <= 0x61) return String(usage - 0x58);
  return null;
}
