import type { GuestsPageOf } from "../kinds.ts";
import { Bar, Check, Triangle } from "../shapes.tsx";
import { Button, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { acts, GuestsFoot } from "./guests-foot.tsx";
import { Told, toldSentence } from "./guests-told.tsx";
import { Coded, Typing } from "./guests-typed.tsx";

/** Somebody who does not work here: a name, whom they visit, and out again. */

export const guests: Drawn<"guests"> = {
  draw: ({ page }, wall) => <Page page={page} wall={wall} />,
  sentence: ({ page }, wall) => sentenceOf(page, wall),
  chime: ({ page }) => (page.is !== "told" ? null : isGood(page.what) ? "saved" : "look"),
  isUrgent: ({ page }) => page.is === "told" && page.what === "not-saved",
  moment: ({ page }) =>
    page.is === "told" ? `${page.what} ${page.number}` : page.is === "type" ? page.field : page.is,
  endsVisit: true,
};

type AnyPage = Parameters<typeof guests.draw>[0]["page"];

const isGood = (what: GuestsPageOf<"told">["what"]): boolean =>
  what === "welcome" || what === "soon" || what === "in-unanswered" || what === "goodbye";

function sentenceOf(page: AnyPage, wall: Wall): string {
  const said = wall.words.guests;
  switch (page.is) {
    case "start":
      return said.start.say;
    case "type":
      return `${said.ask[page.field]} ${said.hint[page.field]}`;
    case "check":
      return said.check.say;
    case "code":
      return page.problem === null ? said.code[page.why] : said.code[page.problem];
    case "busy":
      return said.busy;
    case "asking":
      return `${said.asking.say(page.host)} ${said.asking.more}`;
    case "leaving":
      return said.leaving.say;
    case "told":
      return toldSentence(page, wall);
  }
}

function Page({ page, wall }: { readonly page: AnyPage; readonly wall: Wall }) {
  const said = wall.words.guests;
  switch (page.is) {
    case "start":
      return <Start wall={wall} />;
    case "type":
      return <Typing key={page.field} page={page} wall={wall} />;
    case "check":
      return <Checked page={page} wall={wall} />;
    case "code":
      return <Coded page={page} wall={wall} />;
    case "busy":
      return (
        <Sheet wall={wall} at="guests" ground="paper">
          <h1>{said.busy}</h1>
        </Sheet>
      );
    case "asking":
      return <Asking page={page} wall={wall} />;
    case "leaving":
      return <Leaving wall={wall} />;
    case "told":
      return (
        <Told
          page={page}
          ground={isGood(page.what) ? "yes" : page.what === "not-saved" ? "ink" : "care"}
          figure={isGood(page.what) ? <Check /> : page.what === "not-saved" ? <Bar /> : <Triangle />}
          wall={wall}
        />
      );
  }
}

function Start({ wall }: { readonly wall: Wall }) {
  const said = wall.words.guests.start;
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      ways={
        <>
          <Button label={said.arrive} onTouch={acts(wall, { act: "arrive" })} />
          <Button label={said.code} onTouch={acts(wall, { act: "code" })} />
          <Button label={said.leave} onTouch={acts(wall, { act: "leave" })} />
        </>
      }
      foot={<GuestsFoot wall={wall} />}
    >
      <h1>{said.say}</h1>
      {wall.strip.camera === "on" && <p class="quiet">{said.pass}</p>}
    </Sheet>
  );
}

/** What is kept, for how long and who reads it stands here before anything is kept. */
function Checked({ page, wall }: { readonly page: GuestsPageOf<"check">; readonly wall: Wall }) {
  const { words, tell } = wall;
  const { check, office } = words.guests;
  const rows: readonly (readonly [string, string])[] = [
    [check.name, page.name],
    [check.host, page.host === "" ? office : page.host],
    ...(page.contact === "" ? [] : [[check.contact, page.contact] as const]),
  ];
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      rows={
        <dl class="rows guests-said">
          {rows.map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <bdi>{text}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      }
      ways={
        <Button label={page.isInvited ? check.signIn : check.ask(page.host)} onTouch={acts(wall, { act: "confirm" })} />
      }
      foot={<GuestsFoot wall={wall} canBack={true} />}
    >
      <h1>{check.say}</h1>
      <p>
        {check.keeps(tell.number(page.days))} {page.isSent ? check.sent : check.here}
      </p>
    </Sheet>
  );
}

function Asking({ page, wall }: { readonly page: GuestsPageOf<"asking">; readonly wall: Wall }) {
  const said = wall.words.guests;
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      rows={
        <dl class="rows guests-said">
          <div>
            <dt>{said.number}</dt>
            <dd class="guests-number">
              <bdi>{page.number}</bdi>
            </dd>
          </div>
        </dl>
      }
      foot={<GuestsFoot wall={wall} />}
    >
      <h1>{said.asking.say(page.host)}</h1>
      <p>{said.asking.more}</p>
      <p class="quiet">{said.again}</p>
    </Sheet>
  );
}

function Leaving({ wall }: { readonly wall: Wall }) {
  const said = wall.words.guests.leaving;
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      ways={
        <>
          <Button label={said.yes} onTouch={acts(wall, { act: "out" })} />
          <Button label={said.no} onTouch={acts(wall, { act: "close" })} />
        </>
      }
      foot={<MoreTime wall={wall} />}
    >
      <h1>{said.say}</h1>
    </Sheet>
  );
}
