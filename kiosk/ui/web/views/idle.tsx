import { Bulletins } from "../bulletins.tsx";
import type { ViewOf } from "../kinds.ts";
import { shiftOf } from "../rest.ts";
import { BadgeWay, FootButton, Languages, OtherWay, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

export const idle: Drawn<"idle"> = {
  draw: (view, wall) => <Idle view={view} wall={wall} />,
  sentence: idleSentence,
  isSilent: true,
};

function Idle({ view, wall }: { readonly view: ViewOf<"idle">; readonly wall: Wall }) {
  const { words, tell, nowMs, strip, isDark, openNotice } = wall;
  // The camera may still see that somebody is there, so the foot goes on telling that it is on.
  const rests = strip.camera === "on" && view.faceRestsUntil !== null;
  const { digits, dayPart } = tell.clock(nowMs);
  return (
    <Sheet
      wall={wall}
      at="idle"
      shift={shiftOf(nowMs)}
      ground={isDark ? "dark" : "paper"}
      withTime={false}
      figure={
        <div class="clock">
          <p class="clock-time" dir="ltr">
            {digits}
            {dayPart !== "" && <small>{dayPart}</small>}
          </p>
          <p class="clock-date">{tell.date(nowMs)}</p>
        </div>
      }
      rows={<Bulletins bulletins={view.bulletins} />}
      ways={
        <>
          <BadgeWay wall={wall} />
          <OtherWay ways={view.ways} wall={wall} />
        </>
      }
      foot={
        <>
          <FootButton label={words.idle.keeps} note={words.idle.camera[strip.camera]} onTouch={openNotice} />
          {view.errands?.map((errand) => (
            <FootButton
              key={errand}
              label={words.visit.errand[errand]}
              onTouch={() => wall.touch({ touch: "errand", errand })}
            />
          ))}
          <Languages wall={wall} />
        </>
      }
    >
      <h1>{idleSentence(view, wall)}</h1>
      {rests && hasBadge(wall) && <p class="quiet">{words.idle.badgeAlone}</p>}
    </Sheet>
  );
}

/** The one sentence of an idle wall: it only ever invites to what works now. */
function idleSentence({ faceRestsUntil }: ViewOf<"idle">, wall: Pick<Wall, "strip" | "words" | "tell">): string {
  const said = wall.words.idle;
  const badge = hasBadge(wall);
  switch (wall.strip.camera) {
    case "on":
      if (faceRestsUntil === null) return said.say;
      return (badge ? said.sayBadgeUntil : said.sayNoFaceUntil)(wall.tell.time(faceRestsUntil));
    case "off":
      return badge ? said.sayBadgeOnly : said.sayNothing;
    case "starting":
      return badge ? said.sayWaking : said.sayRestingAlone;
    case "lost":
      return badge ? said.sayResting : said.sayNothing;
  }
}

const hasBadge = ({ strip: { reader } }: Pick<Wall, "strip">): boolean => reader === "on" || reader === "starting";
