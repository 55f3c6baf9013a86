import type { Touch } from "../../../core/view.ts";
import type { AlertLine, AlertOn, ViewOf } from "../kinds.ts";
import { Triangle } from "../shapes.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

/** An emergency: asked whether it is meant, then on the wall until somebody who may says that it is over. */

export const alert: Drawn<"alert"> = {
  draw: (view, wall) => <Alert view={view} wall={wall} />,
  sentence: ({ page }, { words }) =>
    page.is === "on"
      ? `${words.alert.on.say}. ${words.alert.on.stage[page.stage]}`
      : `${words.alert[page.is].say} ${words.alert[page.is].more}`,
  chime: ({ page }) => (page.is === "on" ? "alarm" : null),
  isUrgent: ({ page }) => page.is === "on",
  moment: ({ page }) => page.is,
};

type AlertAct = Extract<Touch, { touch: "alert" }>["act"];

function Alert({ view: { page }, wall }: { readonly view: ViewOf<"alert">; readonly wall: Wall }) {
  return page.is === "on" ? <Raised page={page} wall={wall} /> : <Question is={page.is} wall={wall} />;
}

function Question({ is, wall }: { readonly is: "raise" | "end"; readonly wall: Wall }) {
  const { words, touch } = wall;
  const { say, more, yes, no } = words.alert[is];
  const act = (act: "raise" | "clear" | "back") => () => touch({ touch: "alert", act: { act } });
  return (
    <Sheet
      wall={wall}
      at="alert"
      ground="care"
      figure={<Triangle />}
      ways={
        <>
          <button type="button" class="way alert-yes" onClick={act(is === "raise" ? "raise" : "clear")}>
            {yes}
          </button>
          <Button label={no} onTouch={act("back")} />
        </>
      }
      foot={<MoreTime wall={wall} />}
    >
      <h1>{say}</h1>
      <p>{more}</p>
    </Sheet>
  );
}

function Raised({ page, wall }: { readonly page: AlertOn; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const said = words.alert.on;
  const act = (act: AlertAct): void => touch({ touch: "alert", act });
  return (
    <Sheet
      wall={wall}
      at="alert"
      ground="care"
      rows={
        page.lines.length === 0 ? (
          <p>{said.nobody}</p>
        ) : (
          <ul class="people">
            {page.lines.map((line, index) => (
              <Line key={`${index} ${line.name}`} line={line} wall={wall} />
            ))}
          </ul>
        )
      }
      foot={
        <>
          <Pages page={page} wall={wall} onTurn={(to) => act({ act: "page", page: to })} />
          <FootButton label={said.end} onTouch={() => act({ act: "end" })} />
        </>
      }
    >
      <h1>
        {said.say} <small class="alert-since">{said.since(tell.time(page.sinceLocal))}</small>
      </h1>
      <p>
        {said.stage[page.stage]} <span class="quiet">{said.badge}</span>
      </p>
      <p class="alert-count">
        <b>{said.people(page.people)}</b>
        {page.visitors > 0 && <b>{said.visitors(page.visitors)}</b>}
        {page.doubtful > 0 && <span class="quiet">{said.doubtful(page.doubtful)}</span>}
      </p>
    </Sheet>
  );
}

function Line({ line, wall }: { readonly line: AlertLine; readonly wall: Wall }) {
  const { words, tell } = wall;
  const { who, name, sinceLocal, loc, isDoubtful } = line;
  const notes = [
    ...(who === "visitor" ? [words.alert.on.visitor] : []),
    sinceLocal === null ? words.visit.hours.unsure : words.visit.muster.since(tell.time(sinceLocal)),
    ...(loc === "" ? [] : [loc]),
    ...(isDoubtful ? [words.alert.on.isDoubtful] : []),
  ];
  return (
    <li data-doubtful={isDoubtful}>
      <b>
        <bdi>{name}</bdi>
      </b>
      <span>{notes.join(" · ")}</span>
    </li>
  );
}

interface PagesProps {
  readonly page: AlertOn;
  readonly wall: Wall;
  readonly onTurn: (to: number) => void;
}

function Pages({ page: { page, pages }, wall, onTurn }: PagesProps) {
  const { words, tell } = wall;
  if (pages < 2) return null;
  return (
    <>
      {page > 0 && <FootButton label={words.visit.before} onTouch={() => onTurn(page - 1)} />}
      <p>{words.visit.page(tell.number(page + 1), tell.number(pages))}</p>
      {page + 1 < pages && <FootButton label={words.visit.next} onTouch={() => onTurn(page + 1)} />}
    </>
  );
}
