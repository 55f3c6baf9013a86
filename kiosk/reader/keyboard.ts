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

export interface KeyboardFormat {
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Silence that ends a card number where the reader sends no Enter: readers type a key every few milliseconds. */
  readonly gapMs: number;
}

export const usualFormat: KeyboardFormat = { lengthMin: 4, lengthMax: 32, gapMs: 100 };

const enter = 0x28;
const tab = 0x2b;
const keypadEnter = 0x58;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export function keyboardDecoder({ lengthMin, lengthMax }: KeyboardFormat = usualFormat): KeyboardDecoder {
  let text = "";
  let isForeign = false;
  let held = new Set<number>();
  /** A reader that pressed Enter once always does: from then on, silence only means that a card was cut off. */
  let endsWithKey = false;

  const finish = (): string | null => {
    const card = text;
    const isCard = !isForeign && card.length >= lengthMin && card.length <= lengthMax;
    text = "";
    isForeign = false;
    return isCard ? card : null;
  };

  const push = (report: Uint8Array): string | null => {
    const down = new Set([...report.subarray(2, 8)].filter((usage) => usage > 3));
    let card: string | null = null;
    for (const usage of down) {
      // A key that is still down was typed already; the report only repeats it.
      if (held.has(usage)) continue;
      if (usage === enter || usage === keypadEnter || usage === tab) {
        card = finish();
        endsWithKey ||= card !== null;
      } else append(usage);
    }
    held = down;
    return card;
  };

  const append = (usage: number): void => {
    const key = characterOf(usage);
    // A key that no card number has: this is a person typing, and nothing of it is taken.
    if (key === null) isForeign = true;
    else if (text.length <= lengthMax) text += key;
  };

  const silence = (): string | null => {
    const card = finish();
    return endsWithKey ? null : card;
  };

  return { push, silence };
}

/** Digits and letters, whatever the shift key says: a card number has no case. */
function characterOf(usage: number): string | null {
  if (usage >= 0x04 && usage <= 0x1d) return letters.charAt(usage - 0x04);
  if (usage >= 0x1e && usage <= 0x26) return String(usage - 0x1d);
  if (usage === 0x27 || usage === 0x62) return "0";
  if (usage >= 0x59 && usage <= 0x61) return String(usage - 0x58);
  return null;
}
