import type { ComponentChildren } from "preact";
import type { Deed, Fact, Item, Line, RightsAct, RightsPageOf, ViewOf } from "../kinds.ts";
import { languages } from "../language/languages.ts";
import { Picks } from "../picks.tsx";
import { Qr } from "../receipt.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { NamePad } from "./rights-name.tsx";

/** What this clock knows of somebody, and what they do about it. */

export const rights: Drawn<"rights"> = {
  draw: (view, wall) => <Rights view={view} wall={wall} />,
  sentence: (view, wall) => headOf(view, wall),
  moment: ({ page }) => `${page.is} ${page.is === "item" ? page.item.kind : ""}`,
  chime: ({ page }) => (page.is === "done" || page.is === "copied" ? "saved" : page.is === "failed" ? "look" : null),
};

type View = ViewOf<"rights">;

const actor =
  ({ touch }: Wall) =>
  (act: RightsAct): void =>
    touch({ touch: "rights", act });

function headOf({ name, page }: View, { words: { rights } }: Wall): string {
  switch (page.is) {
    case "reading":
      return rights.reading;
    case "list":
      return rights.say(name);
    case "item":
      return rights.item[page.item.kind];
    case "deeds":
      return rights.deedsSay;
    case "sure":
      return rights.sure.say;
    case "choices":
      return rights.choices.say;
    case "name":
      return rights.name.say;
    case "doors":
      return rights.doors.say;
    case "copied":
      return rights.copied.code;
    case "done":
      return rights.done[page.deed].say;
    case "failed":
      return rights.failed.say;
  }
}

function Rights({ view, wall }: { readonly view: View; readonly wall: Wall }) {
  const { page, isBusy } = view;
  const { visit } = wall.words;
  const act = actor(wall);
  const isEnd = page.is === "done" && page.deed === "erase";
  const canBack = page.is !== "list" && page.is !== "reading" && page.is !== "sure" && !isEnd;
  const body = bodyOf(view, wall);
  return (
    <Sheet
      wall={wall}
      at="rights"
      ground="paper"
      {...(body.ways !== undefined && { ways: body.ways })}
      {...(body.figure !== undefined && { figure: body.figure })}
      foot={
        <>
          {canBack && <FootButton label={visit.back} onTouch={() => act({ act: "back" })} />}
          <FootButton label={visit.close} onTouch={() => act({ act: "close" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1 data-page={page.is} aria-busy={isBusy || undefined}>
        {headOf(view, wall)}
      </h1>
      {body.say}
    </Sheet>
  );
}

interface Body {
  readonly say?: ComponentChildren;
  readonly ways?: ComponentChildren;
  readonly figure?: ComponentChildren;
}

function bodyOf({ page, isBusy }: View, wall: Wall): Body {
  const { words, tell } = wall;
  const said = words.rights;
  const act = actor(wall);
  switch (page.is) {
    case "reading":
      return {};
    case "list":
      return {
        ways: (
          <>
            <Picks
              picks={page.items.map((item) => ({
                id: item.kind,
                label: labelOf(item, wall),
                note: untilOf(item, wall),
              }))}
              onPick={(id) => {
                const found = page.items.find(({ kind }) => kind === id);
                if (found !== undefined) act({ act: "item", kind: found.kind });
              }}
            />
            <Button label={said.deeds} onTouch={() => act({ act: "deeds" })} />
          </>
        ),
      };
    case "item":
      return itemBody(page, wall);
    case "deeds":
      return {
        ...(page.canKnowBetter && { say: <p>{said.better}</p> }),
        ways: <Deeds deeds={page.deeds} wall={wall} />,
      };
    case "sure":
      return {
        say: (
          <>
            <Listed head={said.sure.goes} items={page.goes.map((kind) => said.item[kind])} />
            {page.stays.length > 0 && (
              <Listed head={said.sure.stays} items={page.stays.map((kind) => said.item[kind])} />
            )}
          </>
        ),
        ways: (
          <>
            <Button label={words.visit.back} onTouch={() => act({ act: "back" })} />
            <Button label={said.sure.yes} onTouch={() => act({ act: "sure" })} />
          </>
        ),
      };
    case "choices":
      return { ways: <Wishes page={page} wall={wall} /> };
    case "name":
      return {
        say: (
          <>
            <p class="quiet">{said.name.more}</p>
            <p class="written" aria-live="polite" dir="auto">
              <bdi>{page.typed}</bdi>
            </p>
          </>
        ),
        ways: <NamePad typed={page.typed} canSend={page.canSend && !isBusy} wall={wall} act={act} />,
      };
    case "doors":
      return {
        say: <p class="quiet">{said.doors.more}</p>,
        ways: page.doors.map((door) => (
          <Button key={door} label={said.doors[door]} onTouch={() => act({ act: "door", door })} />
        )),
      };
    case "copied":
      return {
        ...(page.url !== null && { figure: <Qr text={page.url} /> }),
        say: (
          <>
            <p class="copy-code">
              <bdi dir="ltr">{page.code.replaceAll("-", " ")}</bdi>
            </p>
            <p class="quiet">{said.copied.more}</p>
            <p>
              {page.file !== null && said.copied.stick(page.file)}
              {page.untilUtcMs !== null && said.copied.lan(tell.time(page.untilUtcMs))}
            </p>
          </>
        ),
      };
    case "done":
      return {
        say: (
          <>
            <p>{said.done[page.deed].more}</p>
            {page.deed === "no-pictures" && <p>{keptPicturesOf(page, wall)}</p>}
            {page.dueUtcMs !== null && <p>{said.due(tell.longDate(page.dueUtcMs - 1))}</p>}
            {page.certificate !== null && (
              <p class="quiet">
                {said.proof}: <bdi dir="ltr">{page.certificate.replaceAll("-", " ")}</bdi>
              </p>
            )}
          </>
        ),
      };
    case "failed":
      return {
        say: (
          <>
            <p>{said.failed.more}</p>
            <p class="quiet technician">
              {words.outOfOrder.forTechnician}: <code>{page.code}</code>
            </p>
          </>
        ),
      };
  }
}

function keptPicturesOf({ held }: RightsPageOf<"done">, { words, tell }: Wall): string {
  const said = words.rights.pictures;
  if (held === undefined) return said.gone;
  return held.untilUtcMs === null ? said.doubt : said.held(tell.longDate(held.untilUtcMs), `\u2068${held.owner}\u2069`);
}

function itemBody({ item, facts, lines, page, pages, deeds }: RightsPageOf<"item">, wall: Wall): Body {
  const { words, tell } = wall;
  const said = words.rights;
  const act = actor(wall);
  const since = item.sinceUtcMs === null ? [] : [said.since(tell.longDate(item.sinceUtcMs))];
  return {
    say: (
      <>
        <p class="quiet">{[...since, untilOf(item, wall), ...leftOf(item, wall)].join(" · ")}</p>
        {facts.length > 0 && (
          <dl class="rows facts">
            {facts.map((fact) => (
              <div key={`${fact.label} ${factOf(fact, wall)}`}>
                <dt>{said.fact[fact.label]}</dt>
                <dd>
                  <bdi>{factOf(fact, wall)}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {lines.length > 0 && (
          <ul class="happened">
            {lines.map((line) => {
              const { when, what } = lineOf(line, wall);
              return (
                <li key={`${when} ${what}`}>
                  <b>{when}</b> <bdi>{what}</bdi>
                </li>
              );
            })}
          </ul>
        )}
      </>
    ),
    ...((deeds.length > 0 || pages > 1) && {
      ways: (
        <>
          {pages > 1 && (
            <div class="stepper">
              <button
                type="button"
                class="way"
                disabled={page === 0}
                onClick={() => act({ act: "page", page: page - 1 })}
              >
                {words.visit.before}
              </button>
              <p>{words.visit.page(tell.number(page + 1), tell.number(pages))}</p>
              <button
                type="button"
                class="way"
                disabled={page + 1 >= pages}
                onClick={() => act({ act: "page", page: page + 1 })}
              >
                {words.visit.next}
              </button>
            </div>
          )}
          <Deeds deeds={deeds} wall={wall} />
        </>
      ),
    }),
  };
}

const Deeds = ({ deeds, wall }: { readonly deeds: readonly Deed[]; readonly wall: Wall }) => (
  <>
    {deeds.map((deed) => (
      <Button
        key={deed}
        label={wall.words.rights.deed[deed]}
        onTouch={() => wall.touch({ touch: "rights", act: { act: "deed", deed } })}
      />
    ))}
  </>
);

const Listed = ({ head, items }: { readonly head: string; readonly items: readonly string[] }) => (
  <section class="listed">
    <h2 class="pick-head">{head}</h2>
    <p>{items.join(" · ")}</p>
  </section>
);

/** Each wish is one touch, and stands as it is now. */
function Wishes({ page: { choices, langs }, wall }: { readonly page: RightsPageOf<"choices">; readonly wall: Wall }) {
  const said = wall.words.rights.choices;
  const act = actor(wall);
  const stands = (isOn: boolean): string => (isOn ? said.on : said.off);
  const spoken = Object.values(languages).filter(({ lang }) => langs.some((known) => lang.split("-")[0] === known));
  return (
    <>
      <Picks
        picks={[
          { id: "name", label: said.name, note: stands(!choices.isNameless), isNow: !choices.isNameless },
          { id: "messages", label: said.messages, note: stands(!choices.isMuted), isNow: !choices.isMuted },
        ]}
        onPick={(id) => act({ act: "choose", what: id === "name" ? "name" : "messages" })}
      />
      <section class="pick-group">
        <h2 class="pick-head">{said.lang}</h2>
        <Picks
          picks={[
            { id: "", label: said.site, isNow: choices.lang === null },
            ...spoken.map(({ lang, name }) => {
              const [id = lang] = lang.split("-");
              return { id, label: name, isNow: choices.lang === id };
            }),
          ]}
          onPick={(id) => act({ act: "lang", lang: id === "" ? null : id })}
        />
      </section>
    </>
  );
}

/** How many, where there are several. */
const labelOf = ({ kind, count }: Item, { words, tell }: Wall): string =>
  `${words.rights.item[kind]}${count > 1 ? ` (${tell.number(count)})` : ""}`;

const dayMs = 24 * 3_600_000;

function leftOf({ until }: Pick<Item, "until">, { words, nowMs }: Wall): readonly string[] {
  if (until.is !== "date") return [];
  return [words.rights.until.left(Math.max(0, Math.ceil((until.utcMs - nowMs) / dayMs)))];
}

function untilOf({ until, canNow }: Pick<Item, "until" | "canNow">, { words, tell }: Wall): string {
  const said = words.rights.until;
  const text =
    until.is === "date"
      ? said.date(tell.longDate(until.utcMs))
      : until.is === "each"
        ? said.each(until.days)
        : said[until.is];
  return canNow ? `${text}, ${said.now}` : text;
}

function factOf({ value }: Fact, { words, tell }: Wall): string {
  if ("text" in value) return value.text;
  if ("n" in value) return tell.number(value.n);
  if ("utcMs" in value) return tell.longDate(value.utcMs);
  const { code, knew } = value;
  const said = words.rights;
  return knew === undefined
    ? said.code[code]
    : `${said.code[code]} · ${said.knew(tell.number(knew.n), tell.number(knew.of))}`;
}

function lineOf(line: Line, { words, tell }: Wall): { readonly when: string; readonly what: string } {
  const said = words.rights;
  switch (line.line) {
    case "consent": {
      const version = line.version === null ? "" : ` (${tell.number(line.version)})`;
      return {
        when: tell.longDate(line.utcMs),
        what: `${said.purpose[line.purpose]}: ${said.act[line.act]}${version}`,
      };
    }
    case "request": {
      const isWaiting = line.state === "asked" || line.state === "overdue";
      const due = isWaiting ? ` · ${said.due(tell.longDate(line.dueUtcMs))}` : "";
      return { when: tell.longDate(line.utcMs), what: `${said.right[line.right]}: ${said.state[line.state]}${due}` };
    }
    case "look":
      return {
        when: tell.longDate(line.utcMs),
        what: `${said.role[roleOf(line.role)]}${line.why === "" ? "" : ` (${line.why})`}`,
      };
    case "message":
      return { when: tell.longDate(line.untilUtcMs), what: line.text };
    case "snapshot":
      return { when: tell.longDate(line.utcMs), what: said.until.date(tell.longDate(line.untilUtcMs)) };
  }
}

type Role = keyof Wall["words"]["rights"]["role"];

/** The office may name more roles than the wall has words for. */
function roleOf(role: string): Role {
  if (role === "technician" || role === "supervisor") return role;
  if (role === "officer" || role === "privacy-officer" || role === "privacy") return "officer";
  if (role === "person" || role === "self" || role === "wall") return "person";
  return role === "station" || role === "clock" ? "clock" : "other";
}
