import type { ViewOf } from "../kinds.ts";
import { Triangle } from "../shapes.tsx";
import { FootButton, Sheet, type Wall } from "../sheet.tsx";
import type { Tell } from "../tell.ts";
import type { Words } from "../words.ts";
import { Choices } from "./thanks.tsx";

export function Duplicate({ view, wall }: { readonly view: ViewOf<"duplicate">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const { duplicate } = words;
  return (
    <Sheet
      wall={wall}
      at="duplicate"
      ground="care"
      figure={<Triangle />}
      ways={view.choices.length > 0 && <Choices kinds={view.choices} labels={duplicate.choose} wall={wall} />}
      foot={<FootButton label={duplicate.close} onTouch={() => touch({ touch: "dismiss" })} />}
    >
      <h1>{duplicateSentence(view, words, tell)}</h1>
      <p>{duplicate.more(view.name)}</p>
    </Sheet>
  );
}

export const duplicateSentence = (
  { kind, sinceLocal }: ViewOf<"duplicate">,
  { duplicate }: Words,
  tell: Tell,
): string => duplicate.since[kind](tell.time(sinceLocal));
