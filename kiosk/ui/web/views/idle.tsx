import { Bulletins } from "../bulletins.tsx";
import type { ViewOf } from "../kinds.ts";
import { shiftOf } from "../rest.ts";
import { BadgeWay, Button, FootButton, Languages, Sheet, type Wall } from "../sheet.tsx";
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
          <More view={view} wall={wall} />
          {view.visitors === true && (
            <Button
              label={words.rights.entry.visitor}
              onTouch={() => wall.touch({ touch: "guests", act: { act: "open" } })}
            />
          )}
        </>
      }
      foot={
        <>
          <FootButton label={words.idle.keeps} note={words.idle.camera[strip.camera]} onTouch={openNotice} />
          {view.alert === true && (
            <FootButton
              isGrave={true}
              label={words.rights.entry.emergency}
              onTouch={() => wall.touch({ touch: "alert", act: { act: "open" } })}
            />
          )}
          <Languages wall={wall} />
        </>
      }
    >
      <h1>{idleSentence(view, wall)}</h1>
      {rests && hasBadge(wall) && <p class="quiet">{words.idle.badgeAlone}</p>}
    </Sheet>
  );
}

/** One touch leads to all that an idle wall does not show: it stays calm, and nothing is further than two touches away. */
function More({ view: { ways = [], errands = [] }, wall }: { readonly view: ViewOf<"idle">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const hasOther = ways.includes("pin") || ways.includes("qr");
  if (!hasOther && errands.length === 0) return null;
  return (
    <button type="button" class="way" onClick={() => touch({ touch: "ways" })}>
      <span class="way-words">
        <b>{hasOther ? words.otherWay : words.rights.entry.more}</b>
        {errands.length > 0 && <span class="way-how">{words.rights.entry.how}</span>}
      </span>
    </button>
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
