import type { ViewOf } from "../kinds.ts";
import { Picks, VisitFoot, WayCard } from "../picks.tsx";
import { BadgeSign, PadSign, PassSign } from "../shapes.tsx";
import { Button, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

export const ways: Drawn<"ways"> = {
  draw: (view, wall) => <Ways view={view} wall={wall} />,
  sentence: ({ errand }, { words: { visit } }) => `${visit.ways.say[errand]} ${visit.ways.more}`,
  moment: ({ errand }) => errand,
};

export const also: Drawn<"also"> = {
  draw: (view, wall) => <Also view={view} wall={wall} />,
  sentence: ({ wants }, { words }) => words.visit.also[wants],
  chime: () => "look",
  moment: ({ wants }) => wants,
};

function Ways({ view, wall }: { readonly view: ViewOf<"ways">; readonly wall: Wall }) {
  const said = wall.words.visit.ways;
  return (
    <Sheet
      wall={wall}
      at="ways"
      ground="paper"
      ways={
        <>
          {view.ways.map((way) => (
            <WayCard key={way} way={way} wall={wall} />
          ))}
          <Errands view={view} wall={wall} />
        </>
      }
      foot={<VisitFoot wall={wall} />}
    >
      <h1>{said.say[view.errand]}</h1>
      <p class="quiet">{said.more}</p>
    </Sheet>
  );
}

/** What else people come for. They say who they are after it, in whichever way they like. */
function Errands({ view: { errands = [] }, wall }: { readonly view: ViewOf<"ways">; readonly wall: Wall }) {
  if (errands.length === 0) return null;
  return (
    <section class="pick-group more">
      <h2 class="pick-head">{wall.words.rights.entry.more}</h2>
      <Picks
        picks={errands.map((errand) => ({ id: errand, label: wall.words.visit.errand[errand] }))}
        onPick={(id) => {
          const errand = errands.find((one) => one === id);
          if (errand !== undefined) wall.touch({ touch: "errand", errand });
        }}
      />
    </section>
  );
}

const wanted = { badge: BadgeSign, pin: PadSign, qr: PassSign } as const;

function Also({ view, wall }: { readonly view: ViewOf<"also">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const Sign = wanted[view.wants];
  return (
    <Sheet
      wall={wall}
      at="also"
      ground="paper"
      figure={<Sign />}
      ways={
        <>
          <WayCard way={view.wants} wall={wall} />
          <Button label={words.visit.without} onTouch={() => touch({ touch: "without" })} />
        </>
      }
      foot={<VisitFoot wall={wall} />}
    >
      <h1>{words.visit.also[view.wants]}</h1>
      <p class="quiet">{words.visit.withoutMore}</p>
    </Sheet>
  );
}
