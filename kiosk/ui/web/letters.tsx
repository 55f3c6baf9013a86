import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

/** Letters for a finger: two leaves of three rows of ten, in the script that is read here; Latin where names need no other. */

const latin = ["qwertyuiop", "asdfghjkl’", "zxcvbnm-. ", "áàâäãåæçéè", "êëíìîïñóòô", "öõøúùûüýßš"];
const scripts: Readonly<Record<string, readonly string[]>> = {
  ar: ["ضصثقفغعهخح", "جدشسيبلاتن", "موكطذئءؤرة", "زظأإآىلآـَُ", "ًٌٍِّْ", ""],
  hi: ["कखगघचछजझटठ", "डढणतथदधनपफ", "बभमयरलवशसह", "ािीुूेैोौं", "्अआइईउऊएऐओ", "औषङञृःँड़ढ़ऑ"],
};

interface LettersProps {
  readonly lang: string;
  readonly onLetter: (letter: string) => void;
  /** Keys that stand beside the space. */
  readonly children: ComponentChildren;
}

export function Letters({ lang, onLetter, children }: LettersProps) {
  const [leaf, turn] = useState(0);
  const rows = scripts[lang.split("-")[0] ?? ""] ?? latin;
  const shown = rows.slice(leaf * 3, leaf * 3 + 3).map(lettersIn);
  return (
    <div class="letters">
      {shown.map((letters) => (
        <div key={letters.join("")} class="letter-row">
          {letters.map((letter) => (
            <button key={letter} type="button" class="way letter" onClick={() => onLetter(letter)}>
              {isMark(letter) ? `◌${letter}` : letter}
            </button>
          ))}
        </div>
      ))}
      <div class="letter-row">
        <button type="button" class="way letter" onClick={() => turn(1 - leaf)}>
          {lettersIn(rows[leaf === 0 ? 3 : 0] ?? "")
            .slice(0, 3)
            .join(" ")}
        </button>
        <button type="button" class="way letter letter-space" aria-label="␣" onClick={() => onLetter(" ")}>
          ␣
        </button>
        {children}
      </div>
    </div>
  );
}

/** Marks stand alone here: each has its own key. */
const lettersIn = (row: string): readonly string[] =>
  [...row].filter((letter) => letter !== " " && letter !== "ـ").map((letter) => letter);
const isMark = (letter: string): boolean => /^\p{M}/u.test(letter);
