import type { ViewOf } from "../kinds.ts";
import type { Words } from "../language/words.ts";
import { Triangle } from "../shapes.tsx";
import { FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Tell } from "../tell.ts";
import type { Drawn } from "./drawn.ts";
import { Choices } from "./thanks.tsx";

export const duplicate: Drawn<"duplicate"> = {
  draw: (view, wall) => <Duplicate view={view} wall={wall} />,
  sentence: (view, { words, tell }) => duplicateSentence(view, words, tell),
  chime: () => "look",
  isUrgent: () => true,
  moment: ({ name, sinceLocal }) => `${name} ${sinceLocal}`,
  endsVisit: true,
};

function Duplicate({ view, wall }: { readonly view: ViewOf<"duplicate">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const said = words.duplicate;
  return (
    <Sheet
      wall={wall}
      at="duplicate"
      ground="care"
      figure={<Triangle />}
      ways={view.choices.length > 0 && <Choices kinds={view.choices} labels={said.choose} wall={wall} />}
      foot={
        <>
          <FootButton label={said.close} onTouch={() => touch({ touch: "dismiss" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1>{duplicateSentence(view, words, tell)}</h1>
      <p>{said.more(view.name)}</p>
    </Sheet>
  );
}

const duplicateSentence = ({ kind, sinceLocal }: ViewOf<"duplicate">, words: Words, tell: Tell): string =>
  words.duplicate.since[kind](tell.time(sinceLocal));
