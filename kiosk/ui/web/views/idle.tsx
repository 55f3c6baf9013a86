import { Bulletins } from "../bulletins.tsx";
import type { ViewOf } from "../kinds.ts";
import { BadgeWay, FootButton, Sheet, type Wall } from "../sheet.tsx";

export function Idle({ view, wall }: { readonly view: ViewOf<"idle">; readonly wall: Wall }) {
  const { words, tell, nowMs, place, strip, openNotice } = wall;
  // The camera may still see that somebody is there, so the foot goes on telling that it is on.
  const rests = strip.camera === "on" && view.faceRestsUntil !== null;
  const { digits, dayPart } = tell.clock(nowMs);
  return (
    <Sheet
      wall={wall}
      at="idle"
      ground="paper"
      withTime={false}
      figure={
        <div class="clock" lang={place.locale} style={pixelShift(nowMs)}>
          <p class="clock-time" dir="ltr">
            {digits}
            {dayPart !== "" && <small>{dayPart}</small>}
          </p>
          <p class="clock-date">{tell.date(nowMs)}</p>
        </div>
      }
      rows={<Bulletins bulletins={view.bulletins} />}
      ways={<BadgeWay wall={wall} />}
      foot={
        <>
          <FootButton label={words.idle.keeps} onTouch={openNotice} />
          <p class="foot-note">{words.idle.camera[strip.camera]}</p>
        </>
      }
    >
      <h1>{idleSentence(view, wall)}</h1>
      {rests && hasBadge(wall) && <p class="quiet">{words.idle.badgeAlone}</p>}
    </Sheet>
  );
}

/** The one sentence of an idle wall: it only ever invites to what works now. */
export function idleSentence({ faceRestsUntil }: ViewOf<"idle">, wall: Pick<Wall, "strip" | "words" | "tell">): string {
  const { idle } = wall.words;
  const badge = hasBadge(wall);
  switch (wall.strip.camera) {
    case "on":
      if (faceRestsUntil === null) return idle.say;
      return (badge ? idle.sayBadgeUntil : idle.sayNoFaceUntil)(wall.tell.time(faceRestsUntil));
    case "off":
      return badge ? idle.sayBadgeOnly : idle.sayNothing;
    case "starting":
      return badge ? idle.sayWaking : idle.sayRestingAlone;
    case "lost":
      return badge ? idle.sayResting : idle.sayNothing;
  }
}

const hasBadge = ({ strip: { reader } }: Pick<Wall, "strip">): boolean => reader === "on" || reader === "starting";

const shiftPx = 6;

/** The same digits stand on the same glass for years: a small walk, one step in a minute, spares it. */
function pixelShift(nowMs: number): Readonly<Record<"--shift-x" | "--shift-y", string>> {
  const minute = Math.floor(nowMs / 60_000);
  const at = (period: number): string => String(Math.round(shiftPx * Math.sin((2 * Math.PI * minute) / period)));
  return { "--shift-x": at(37), "--shift-y": at(53) };
}
