import type { ViewOf } from "../kinds.ts";
import { Stepper, VisitFoot } from "../picks.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { Choices } from "./thanks.tsx";

/** What a punch is, and when a shift ended: asked of whoever knows it. */

export const choose: Drawn<"choose"> = {
  draw: (view, wall) => <Choose view={view} wall={wall} />,
  sentence: ({ name, suggested }, { words: { visit } }) =>
    `${visit.choose.say(name)} ${visit.choose.more(visit.kind[suggested])}`,
  chime: () => "look",
  isUrgent: () => true,
  moment: ({ name, local }) => `${name} ${local}`,
};

export const openShift: Drawn<"open-shift"> = {
  draw: (view, wall) => <OpenShift view={view} wall={wall} />,
  sentence: (view, wall) =>
    `${wall.words.visit.openShift.say} ${sinceOf(view, wall)} ${wall.words.visit.openShift.ended}`,
  chime: () => "look",
  isUrgent: () => true,
  moment: ({ name, sinceLocal }) => `${name} ${sinceLocal}`,
};

function Choose({ view, wall }: { readonly view: ViewOf<"choose">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const { visit } = words;
  return (
    <Sheet
      wall={wall}
      at="choose"
      ground="paper"
      ways={<Choices kinds={view.kinds} labels={words.duplicate.choose} wall={wall} />}
      foot={
        <>
          <FootButton label={words.duplicate.close} onTouch={() => touch({ touch: "dismiss" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1>{visit.choose.say(view.name)}</h1>
      <p class="what">
        <bdi>{tell.time(view.local)}</bdi>
      </p>
      <p class="quiet">{visit.choose.more(visit.kind[view.suggested])}</p>
    </Sheet>
  );
}

const sinceOf = ({ sinceLocal }: ViewOf<"open-shift">, { words: { visit }, tell }: Wall): string =>
  visit.openShift.since(tell.date(Date.parse(sinceLocal)), tell.time(sinceLocal));

function OpenShift({ view, wall }: { readonly view: ViewOf<"open-shift">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const { visit } = words;
  return (
    <Sheet
      wall={wall}
      at="open-shift"
      ground="care"
      ways={
        <>
          <Stepper local={view.endLocal} canEarlier={view.canEarlier} canLater={view.canLater} wall={wall} />
          <Button label={visit.time.confirm(tell.time(view.endLocal))} onTouch={() => touch({ touch: "confirm" })} />
          <Button label={visit.time.unknown} onTouch={() => touch({ touch: "unknown" })} />
          <Button label={visit.openShift.same} onTouch={() => touch({ touch: "same-shift" })} />
        </>
      }
      foot={<VisitFoot wall={wall} />}
    >
      <h1>{visit.openShift.say}</h1>
      <p>{sinceOf(view, wall)}</p>
      <p>{visit.openShift.ended}</p>
    </Sheet>
  );
}
