import type { Strip } from "../../../core/view.ts";
import { BadgeWay, FootButton, Sheet, type Wall } from "../sheet.tsx";
import type { Words } from "../words.ts";

export function Idle({ wall }: { readonly wall: Wall }) {
  const { words, tell, nowMs, place, strip, openNotice } = wall;
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
      ways={<BadgeWay wall={wall} />}
      foot={
        <>
          <FootButton label={words.idle.keeps} onTouch={openNotice} />
          <p class="foot-note">{words.idle.camera[strip.camera]}</p>
        </>
      }
    >
      <h1>{idleSentence(strip, words)}</h1>
    </Sheet>
  );
}

/** The one sentence of an idle wall: it only ever invites to what works now. */
export function idleSentence({ camera, reader }: Strip, { idle }: Words): string {
  const badge = reader === "on" || reader === "starting";
  switch (camera) {
    case "on":
      return idle.say;
    case "off":
      return badge ? idle.sayBadgeOnly : idle.sayNothing;
    case "starting":
      return badge ? idle.sayWaking : idle.sayRestingAlone;
    case "lost":
      return badge ? idle.sayResting : idle.sayNothing;
  }
}

const shiftPx = 6;

/** The same digits stand on the same glass for years: a small walk, one step in a minute, spares it. */
function pixelShift(nowMs: number): Readonly<Record<"--shift-x" | "--shift-y", string>> {
  const minute = Math.floor(nowMs / 60_000);
  const at = (period: number): string => String(Math.round(shiftPx * Math.sin((2 * Math.PI * minute) / period)));
  return { "--shift-x": at(37), "--shift-y": at(53) };
}
