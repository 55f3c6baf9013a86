import type { Touch } from "../../../core/view.ts";
import type { Leave, ViewOf, Weeks } from "../kinds.ts";
import { Picks } from "../picks.tsx";
import { Check } from "../shapes.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

/** Leave: what is left, what was asked for, and asking: one question after the other. */

export const absence: Drawn<"absence"> = {
  draw: (view, wall) => <Absence view={view} wall={wall} />,
  sentence: (view, wall) => sayOf(view, wall).filter(Boolean).join(" "),
  chime: ({ page }) => (page.is === "told" ? "saved" : page.is === "not-saved" ? "look" : null),
  isUrgent: ({ page }) => page.is === "told" || page.is === "not-saved",
  moment: ({ name, page }) => `${name} ${page.is}`,
};

type Page = ViewOf<"absence">["page"];
type AbsenceAct = Extract<Touch, { touch: "absence" }>["act"];

const spanOf = ({ from, to }: Pick<Leave, "from" | "to">, { words, tell }: Wall): string =>
  words.absence.span(tell.day(from), tell.day(to));

/** The sentence, and what stands small under it. */
function sayOf({ name, page }: ViewOf<"absence">, wall: Wall): readonly [string, string] {
  const { absence: said } = wall.words;
  switch (page.is) {
    case "list":
      return [said.say(name), page.balances.length === 0 ? said.noBalance : ""];
    case "kind":
      return [said.kind, ""];
    case "first":
      return [said.first, said.kinds[page.k]];
    case "last":
      return [said.last, `${said.kinds[page.k]} · ${said.lastMore(wall.tell.day(page.from))}`];
    case "confirm":
      return [said.confirm, page.overlaps ? said.overlaps : ""];
    case "cancel":
      return [said.cancel, `${said.kinds[page.leave.k]} · ${spanOf(page.leave, wall)}`];
    case "saving":
      return [said.saving, ""];
    case "told":
      return [said.told[page.what].say, said.told[page.what].more];
    case "not-saved":
      return [said.notSaved.say, said.notSaved.more];
  }
}

function Absence({ view, wall }: { readonly view: ViewOf<"absence">; readonly wall: Wall }) {
  const { page } = view;
  const [say, more] = sayOf(view, wall);
  const isToStart = page.is === "list" || page.is === "saving" || page.is === "told";
  return (
    <Sheet
      wall={wall}
      at="absence"
      ground={page.is === "told" ? "yes" : page.is === "not-saved" ? "care" : "paper"}
      {...(page.is === "told" && { figure: <Check /> })}
      rows={<Rows page={page} wall={wall} />}
      ways={<Answers page={page} wall={wall} />}
      foot={
        page.is === "saving" ? undefined : (
          <>
            {(page.is === "first" || page.is === "last") && <Turns weeks={page.weeks} wall={wall} />}
            {!isToStart && <ActButton act={{ act: "back" }} label={wall.words.visit.back} wall={wall} />}
            <ActButton act={{ act: "close" }} label={wall.words.visit.close} wall={wall} />
            <MoreTime wall={wall} />
          </>
        )
      }
    >
      <h1>{say}</h1>
      {page.is === "confirm" && (
        <p class="what">
          {wall.words.absence.kinds[page.k]} · {wall.words.absence.days(page.days)} <b>{spanOf(page, wall)}</b>
        </p>
      )}
      {more !== "" && <p class="quiet">{more}</p>}
    </Sheet>
  );
}

const ActButton = ({ act, label, wall }: { readonly act: AbsenceAct; readonly label: string; readonly wall: Wall }) => (
  <FootButton label={label} onTouch={() => wall.touch({ touch: "absence", act })} />
);

function Rows({ page, wall }: { readonly page: Page; readonly wall: Wall }) {
  const { tell, words } = wall;
  const said = words.absence;
  if (page.is === "first" || page.is === "last") return <FourWeeks weeks={page.weeks} wall={wall} />;
  if (page.is !== "list") return null;
  const decided = page.asked.filter(({ state }) => state !== "waiting").slice(0, shownMax);
  return (
    <>
      {page.balances.length > 0 && (
        <ul class="balances">
          {page.balances.map(({ k, days100, asOf }) => (
            <li key={k}>{said.asOf(said.balance(days100 / 100, said.kinds[k]), tell.day(asOf))}</li>
          ))}
        </ul>
      )}
      {decided.length > 0 && (
        <ul class="people">
          {decided.map((leave) => (
            <li key={leave.id}>
              <b>{spanOf(leave, wall)}</b>
              <span>
                {said.kinds[leave.k]} · {said.state[leave.state]}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Answers({ page, wall }: { readonly page: Page; readonly wall: Wall }) {
  const { words } = wall;
  const said = words.absence;
  const act = (act: AbsenceAct): void => wall.touch({ touch: "absence", act });
  switch (page.is) {
    case "list":
      return (
        <>
          {page.asked.length > 0 && <Asked asked={page.asked} wall={wall} />}
          {page.canAsk && <Button label={said.ask} onTouch={() => act({ act: "ask" })} />}
        </>
      );
    case "kind":
      return ([1, 2, 3] as const).map((k) => (
        <Button key={k} label={said.kinds[k]} onTouch={() => act({ act: "kind", k })} />
      ));
    case "confirm":
      return <Button label={said.send} onTouch={() => act({ act: "confirm" })} />;
    case "cancel":
      return <Button label={said.takeBack} onTouch={() => act({ act: "confirm" })} />;
    default:
      return null;
  }
}

/** Those that wait can be touched, to be taken back; what the office decided only stands there. */
function Asked({ asked, wall }: { readonly asked: readonly Leave[]; readonly wall: Wall }) {
  const said = wall.words.absence;
  return (
    <Picks
      picks={asked
        .filter(({ state }) => state === "waiting")
        .slice(0, shownMax)
        .map((leave) => ({
          id: leave.id,
          label: spanOf(leave, wall),
          note: `${said.kinds[leave.k]} · ${said.state.waiting}`,
        }))}
      onPick={(id) => wall.touch({ touch: "absence", act: { act: "cancel", id } })}
    />
  );
}

/** What fits on the smallest glass; the rest follows when these are over. */
const shownMax = 4;

function FourWeeks({ weeks, wall }: { readonly weeks: Weeks; readonly wall: Wall }) {
  const { tell, touch } = wall;
  const [first] = weeks.days;
  return (
    <div class="weeks">
      {weeks.days.slice(0, 7).map(({ day }) => (
        <span key={day} class="weeks-head">
          {tell.weekday(day)}
        </span>
      ))}
      {weeks.days.map(({ day, isOpen }) => (
        <button
          key={day}
          type="button"
          class="way weeks-day"
          disabled={!isOpen}
          onClick={() => touch({ touch: "absence", act: { act: "day", day } })}
        >
          {tell.dayNumber(day)}{" "}
          <small class={day === first?.day || day.endsWith("-01") ? "" : "unseen"}>{tell.month(day)}</small>
        </button>
      ))}
    </div>
  );
}

/** In the foot, so that a panel of seven inches has room for four weeks. */
const Turns = ({ weeks, wall }: { readonly weeks: Weeks; readonly wall: Wall }) => (
  <>
    {weeks.canBefore && <ActButton act={{ act: "turn", by: -1 }} label={wall.words.absence.earlier} wall={wall} />}
    {weeks.canAfter && <ActButton act={{ act: "turn", by: 1 }} label={wall.words.absence.later} wall={wall} />}
  </>
);
