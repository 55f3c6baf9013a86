import type { ComponentChildren } from "preact";
import type { Way } from "./kinds.ts";
import { FaceSign, PadSign, PassSign } from "./shapes.tsx";
import { BadgeWay, FootButton, MoreTime, type Wall } from "./sheet.tsx";

/** What several views of a visit share: lists to pick from, a time to move, and the ways beside each other. */

interface Pick {
  readonly id: string;
  readonly label: string;
  /** Said under it, smaller. */
  readonly note?: string;
  readonly isNow?: boolean;
}

interface PicksProps {
  readonly picks: readonly Pick[];
  readonly onPick: (id: string) => void;
}

/** As many as there are, in columns; each as large as a finger in a glove. */
export const Picks = ({ picks, onPick }: PicksProps) => (
  <div class="picks">
    {picks.map(({ id, label, note = "", isNow = false }) => (
      <button key={id} type="button" class="way pick" aria-pressed={isNow || undefined} onClick={() => onPick(id)}>
        <bdi>{label}</bdi>
        {note !== "" && <span>{note}</span>}
      </button>
    ))}
  </div>
);

interface StepperProps {
  readonly local: string;
  readonly canEarlier: boolean;
  readonly canLater: boolean;
  readonly wall: Wall;
}

/** A time that stands there, a quarter of an hour earlier or later with each touch. */
export const Stepper = ({ local, canEarlier, canLater, wall: { words, tell, touch } }: StepperProps) => (
  <div class="stepper">
    <button type="button" class="way" disabled={!canEarlier} onClick={() => touch({ touch: "step", by: -1 })}>
      {words.visit.time.earlier}
    </button>
    <p class="stepper-time" aria-live="polite">
      <bdi>{tell.time(local)}</bdi>
    </p>
    <button type="button" class="way" disabled={!canLater} onClick={() => touch({ touch: "step", by: 1 })}>
      {words.visit.time.later}
    </button>
  </div>
);

/** Leads over the pages of a list that does not fit on one. */
export const Pager = ({
  page,
  pages,
  wall,
}: {
  readonly page: number;
  readonly pages: number;
  readonly wall: Wall;
}) => {
  const { words, tell, touch } = wall;
  if (pages < 2) return null;
  const turn = (to: number) => () => touch({ touch: "page", page: to });
  return (
    <div class="stepper">
      <button type="button" class="way" disabled={page === 0} onClick={turn(page - 1)}>
        {words.visit.before}
      </button>
      <p>{words.visit.page(tell.number(page + 1), tell.number(pages))}</p>
      <button type="button" class="way" disabled={page + 1 >= pages} onClick={turn(page + 1)}>
        {words.visit.next}
      </button>
    </div>
  );
};

/** The foot of everything that asks: back where there is a way back, out of it, and no hurry. */
export const VisitFoot = ({ wall, canBack = false }: { readonly wall: Wall; readonly canBack?: boolean }) => (
  <>
    {canBack && <FootButton label={wall.words.visit.back} onTouch={() => wall.touch({ touch: "back" })} />}
    <FootButton label={wall.words.visit.close} onTouch={() => wall.touch({ touch: "dismiss" })} />
    <MoreTime wall={wall} />
  </>
);

const signs: Readonly<Record<Exclude<Way, "badge">, () => ComponentChildren>> = {
  face: FaceSign,
  pin: PadSign,
  qr: PassSign,
};

/** Each of the same size. A badge and a pass are shown and need no touch, so they are signs; the others are buttons. */
export function WayCard({ way, wall }: { readonly way: Way; readonly wall: Wall }) {
  if (way === "badge") return <BadgeWay wall={wall} />;
  const { title, how } = wall.words.visit.way[way];
  const Sign = signs[way];
  const inside = (
    <>
      <Sign />
      <span class="way-words">
        <b>{title}</b>
        <span class="way-how">{how}</span>
      </span>
    </>
  );
  return way === "qr" ? (
    <div class="way sign">{inside}</div>
  ) : (
    <button type="button" class="way touch-sign" onClick={() => wall.touch({ touch: "way", way })}>
      {inside}
    </button>
  );
}
