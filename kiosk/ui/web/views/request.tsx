import type { ViewOf } from "../kinds.ts";
import { Picks, Stepper, VisitFoot } from "../picks.tsx";
import { Button, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { markSaid, remarksOn } from "./hours.tsx";
import { Choices } from "./thanks.tsx";

/** A correction is asked for, one question after the other. */

export const request: Drawn<"request"> = {
  draw: (view, wall) => <Request view={view} wall={wall} />,
  sentence: ({ ask }, wall) => `${questionOf(ask, wall)} ${wall.words.visit.request.more}`,
  moment: ({ ask }) => ask.what,
};

type Ask = ViewOf<"request">["ask"];

function questionOf(ask: Ask, { words: { visit } }: Wall): string {
  return ask.what === "time" ? visit.request.time(visit.kind[ask.kind]) : visit.request[ask.what];
}

function Request({ view, wall }: { readonly view: ViewOf<"request">; readonly wall: Wall }) {
  const { ask } = view;
  return (
    <Sheet
      wall={wall}
      at="request"
      ground="paper"
      ways={<Answers ask={ask} wall={wall} />}
      foot={<VisitFoot wall={wall} canBack={true} />}
    >
      <h1>{questionOf(ask, wall)}</h1>
      <p class="quiet">{wall.words.visit.request.more}</p>
    </Sheet>
  );
}

function Answers({ ask, wall }: { readonly ask: Ask; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const { visit } = words;
  const pick = (id: string): void => touch({ touch: "pick", id });
  switch (ask.what) {
    case "day":
      return (
        <Picks
          picks={ask.days.map((day) => ({ id: day.day, label: tell.day(day.day), note: remarksOn(day, wall) }))}
          onPick={pick}
        />
      );
    case "mark":
      return (
        <>
          <Picks picks={ask.marks.map((mark) => ({ id: mark.id, label: markSaid(mark, wall) }))} onPick={pick} />
          {ask.canMissing && <Button label={visit.request.missing} onTouch={() => touch({ touch: "missing" })} />}
        </>
      );
    case "kind":
      return <Choices kinds={ask.kinds} labels={visit.kind} wall={wall} />;
    case "time":
      return (
        <>
          <Stepper local={ask.local} canEarlier={ask.canEarlier} canLater={ask.canLater} wall={wall} />
          <Button label={visit.time.confirm(tell.time(ask.local))} onTouch={() => touch({ touch: "confirm" })} />
          <Button label={visit.time.unknown} onTouch={() => touch({ touch: "unknown" })} />
        </>
      );
    case "reason":
      return <Picks picks={ask.reasons.map((id) => ({ id, label: visit.request.reasons[id] }))} onPick={pick} />;
  }
}
