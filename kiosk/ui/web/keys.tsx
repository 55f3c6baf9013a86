import { useEffect, useState } from "preact/hooks";
import { cased, isMark, layersFor, markOf } from "./keyboard.ts";
import type { GuestsField } from "./kinds.ts";
import { Erase } from "./shapes.tsx";
import type { Wall } from "./sheet.tsx";

interface KeysProps {
  readonly field: GuestsField;
  readonly text: string;
  readonly wall: Wall;
  readonly onType: (key: string) => void;
  readonly onErase: () => void;
  /** What stands at the end of the last row. */
  readonly children: preact.ComponentChildren;
}

/** A keyboard of our own: nothing is suggested, learnt or kept, and no other program hears it. */
export function Keys({ field, text, wall, onType: type, onErase: erase, children }: KeysProps) {
  const { words } = wall;
  const said = words.guests;
  const layers = layersFor(words.lang, field);
  const [at, setAt] = useState(0);
  const now = layers[at % layers.length] ?? [];
  const next = layers[(at + 1) % layers.length] ?? [];
  useEffect(() => {
    const onKey = ({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): void => {
      if (ctrlKey || altKey || metaKey) return;
      if (key === "Backspace") erase();
      else if ([...key].length === 1 && key !== " ") type(key);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [type, erase]);
  return (
    <div class="keys" dir="ltr">
      {now.map((row, index) => (
        <div class="keys-row" key={index} data-row={index}>
          {row.map((key) => {
            const letter = cased(key, text, field, words.lang);
            return (
              <button key={key} type="button" class="way letter" onClick={() => type(letter)}>
                {isMark(letter) ? `◌${letter}` : letter}
              </button>
            );
          })}
          {index === 1 && (
            <button type="button" class="way letter" aria-label={words.visit.pin.erase} onClick={erase}>
              <Erase />
            </button>
          )}
        </div>
      ))}
      <div class="keys-row" dir={words.dir}>
        {layers.length > 1 && (
          <button
            type="button"
            class="way letter-layer"
            aria-label={`${said.letters}: ${markOf(next)}`}
            onClick={() => setAt((at + 1) % layers.length)}
          >
            <span dir="ltr">{markOf(next)}</span>
          </button>
        )}
        <button type="button" class="way letter-space" onClick={() => type(" ")}>
          {said.space}
        </button>
        {children}
      </div>
    </div>
  );
}
