import type { ChosenKind } from "../../../core/chosen.ts";
import { Bulletins } from "../bulletins.tsx";
import type { ViewOf } from "../kinds.ts";
import { ended } from "../language/ended.ts";
import type { Words } from "../language/words.ts";
import { Receipt } from "../receipt.tsx";
import { Check, Tick, Waiting } from "../shapes.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Tell } from "../tell.ts";
import type { Drawn } from "./drawn.ts";

export const thanks: Drawn<"thanks"> = {
  // A new person's thanks is a new sheet, with its own wipe and check; news about the same one is not.
  draw: (view, wall) => <Thanks key={`${view.name} ${view.local}`} view={view} wall={wall} />,
  sentence: (view, { words, tell }) =>
    [greeting(view, words, tell), `${words.thanks.kind[view.kind]} ${tell.time(view.local)}`, words.thanks.saved]
      .map((part) => ended(part, words.fullStop))
      .join(" "),
  chime: () => "saved",
  isUrgent: () => true,
  moment: ({ name, local }) => `${name} ${local}`,
  endsVisit: true,
};

function Thanks({ view, wall }: { readonly view: ViewOf<"thanks">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const said = words.thanks;
  return (
    <Sheet
      wall={wall}
      at="thanks"
      ground="yes"
      withNetwork={false}
      figure={
        <>
          <Check />
          <Receipt code={view.receipt} held={view.held} wall={wall} />
        </>
      }
      rows={<Delivery view={view} wall={wall} />}
      ways={view.choices.length > 0 && <Choices kinds={view.choices} labels={said.choose} wall={wall} />}
      foot={
        <>
          <FootButton label={said.next} onTouch={() => touch({ touch: "dismiss" })} />
          {view.can?.notMe && <FootButton label={words.visit.notMe} onTouch={() => touch({ touch: "not-me" })} />}
          {view.can?.me && (
            <FootButton label={words.visit.errand.me} onTouch={() => touch({ touch: "errand", errand: "me" })} />
          )}
          {view.can?.jobs && <FootButton label={words.visit.hours.job} onTouch={() => touch({ touch: "jobs" })} />}
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1 class="greet" data-long={isLong(view.name)}>
        {greeting(view, words, tell)}
      </h1>
      <p class="what">
        <b>{said.kind[view.kind]}</b> <b>{tell.time(view.local)}</b>
        {view.job && <bdi>{view.job}</bdi>}
        {view.changed && <span>{said.changed}</span>}
      </p>
      {view.isOnLeave && <p>{words.absence.onLeave}</p>}
      <Bulletins bulletins={view.bulletins} />
    </Sheet>
  );
}

/** More letters than this do not fit on one line of the wall in the greeting's size. */
const longWord = 12;
export const isLong = (name: string): boolean => name.split(/[\s-]/u).some((word) => word.length > longWord);

const greeting = ({ local, name }: ViewOf<"thanks">, words: Words, tell: Tell): string =>
  words.greeting[tell.partOfDay(local)](name);

/** Two truths that come one after the other: on the disk of this clock, and with whoever receipts it. */
function Delivery({ view, wall }: { readonly view: ViewOf<"thanks">; readonly wall: Wall }) {
  const { words, tell } = wall;
  const said = words.thanks;
  const { received } = view;
  return (
    <dl class="rows">
      <div>
        <dt>{said.saved}</dt>
        <dd>
          <Tick />
        </dd>
      </div>
      {received === null ? (
        <div>
          <dt>{waitingFor(wall)}</dt>
          <dd>
            <Waiting />
          </dd>
        </div>
      ) : (
        <div>
          <dt>{said.received(received.by)}</dt>
          <dd>
            <Tick /> {tell.time(received.local)}
          </dd>
        </div>
      )}
    </dl>
  );
}

function waitingFor({ strip, words: { locked, thanks } }: Wall): string {
  if (strip.locked === "order") return locked.kept;
  return strip.uplink === "offline" ? thanks.noNetwork : thanks.onItsWay;
}

export const Choices = ({
  kinds,
  labels,
  wall,
}: {
  readonly kinds: readonly ChosenKind[];
  readonly labels: Readonly<Record<ChosenKind, string>>;
  readonly wall: Wall;
}) => (
  <>
    {kinds.map((kind) => (
      <Button key={kind} label={labels[kind]} onTouch={() => wall.touch({ touch: "choose", kind })} />
    ))}
  </>
);
