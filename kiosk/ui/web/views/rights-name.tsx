import type { RightsAct } from "../kinds.ts";
import { Letters } from "../letters.tsx";
import type { Wall } from "../sheet.tsx";

interface NamePadProps {
  readonly typed: string;
  readonly canSend: boolean;
  readonly wall: Wall;
  readonly act: (act: RightsAct) => void;
}

/** A name is typed: the first letter of each word is a capital, where the script has any. */
export const NamePad = ({ typed, canSend, wall: { words }, act }: NamePadProps) => (
  <div class="name-pad">
    <p class="name-typed" aria-live="polite">
      <bdi>{typed}</bdi>
    </p>
    <Letters
      lang={words.lang}
      onLetter={(letter) =>
        act({ act: "letter", letter: isStart(typed) ? letter.toLocaleUpperCase(words.lang) : letter })
      }
    >
      <button type="button" class="way letter letter-word" disabled={typed === ""} onClick={() => act({ act: "rub" })}>
        {words.visit.pin.erase}
      </button>
      <button type="button" class="way letter letter-word" disabled={!canSend} onClick={() => act({ act: "send" })}>
        {words.rights.name.send}
      </button>
    </Letters>
  </div>
);

const isStart = (typed: string): boolean => /(^|[ ’-])$/u.test(typed);
