import type { ComponentChildren } from "preact";
import type { GuestsPageOf } from "../kinds.ts";
import { Qr } from "../receipt.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import { acts } from "./guests-foot.tsx";

/** What became of it: the host's answer, an invitation that is not for now, goodbye. */

type Page = GuestsPageOf<"told">;

function saidOf({ what, host, local }: Page, { words, tell }: Wall) {
  const when = local === null ? "" : `${tell.day(local.slice(0, 10))}, ${tell.time(local)}`;
  return words.guests.told[what](host, when);
}

export function toldSentence(page: Page, wall: Wall): string {
  const { say, more } = saidOf(page, wall);
  return `${say} ${more}`;
}

interface ToldProps {
  readonly page: Page;
  readonly ground: "yes" | "care" | "ink";
  readonly figure: ComponentChildren;
  readonly wall: Wall;
}

export function Told({ page, ground, figure, wall }: ToldProps) {
  const { words } = wall;
  const said = words.guests;
  const { say, more } = saidOf(page, wall);
  const canArrive = page.what === "expired" || page.what === "used";
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground={ground}
      withNetwork={false}
      figure={
        <div class="guests-figure">
          {figure}
          {page.qr !== "" && <Qr text={page.qr} />}
        </div>
      }
      rows={
        page.number !== "" && (
          <dl class="rows guests-said">
            <div>
              <dt>
                {said.number}
                <span class="quiet guests-why">{page.qr === "" ? said.again : said.keep}</span>
              </dt>
              <dd class="guests-number">
                <bdi>{page.number}</bdi>
              </dd>
            </div>
          </dl>
        )
      }
      ways={
        (page.canAsk || canArrive) && (
          <>
            {page.canAsk && <Button label={said.askAgain} onTouch={acts(wall, { act: "confirm" })} />}
            {canArrive && <Button label={said.start.arrive} onTouch={acts(wall, { act: "arrive" })} />}
          </>
        )
      }
      foot={
        <>
          <FootButton label={said.done} onTouch={acts(wall, { act: "close" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1>{say}</h1>
      <p>{more}</p>
      {page.note !== null && <p>{said.note[page.note]}</p>}
    </Sheet>
  );
}
