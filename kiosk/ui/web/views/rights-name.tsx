import { Keys } from "../keys.tsx";
import type { RightsAct } from "../kinds.ts";
import type { Wall } from "../sheet.tsx";

interface NamePadProps {
  readonly typed: string;
  readonly canSend: boolean;
  readonly wall: Wall;
  readonly act: (act: RightsAct) => void;
}

/** Somebody types their name as it should be. */
export const NamePad = ({ typed, canSend, wall, act }: NamePadProps) => (
  <Keys
    field="name"
    text={typed}
    wall={wall}
    onType={(letter) => act({ act: "letter", letter })}
    onErase={() => act({ act: "rub" })}
  >
    <button type="button" class="way letter-word" disabled={!canSend} onClick={() => act({ act: "send" })}>
      {wall.words.rights.name.send}
    </button>
  </Keys>
);
