import { useEffect } from "preact/hooks";
import { Keys } from "../keys.tsx";
import type { GuestsPageOf } from "../kinds.ts";
import { Sheet, type Wall } from "../sheet.tsx";
import { acts, GuestsFoot } from "./guests-foot.tsx";

/** What a visitor types: letters, and numbers. */

export function Typing({ page, wall }: { readonly page: GuestsPageOf<"type">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const said = words.guests;
  const { field, text, hosts, isMore, canNext, canSkip } = page;
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      withNetwork={false}
      rows={
        field === "host" && (
          <div class="picks guests-hosts">
            {hosts.map(({ id, name }) => (
              <button key={id} type="button" class="way pick" onClick={acts(wall, { act: "host", id })}>
                <bdi>{name}</bdi>
              </button>
            ))}
            {isMore && <p class="quiet">{said.isMore}</p>}
          </div>
        )
      }
      ways={
        <Keys
          field={field}
          text={text}
          wall={wall}
          onType={(key) => touch({ touch: "guests", act: { act: "key", text: key } })}
          onErase={acts(wall, { act: "erase" })}
        >
          {field === "host" && (
            <button type="button" class="way letter-word" onClick={acts(wall, { act: "host", id: null })}>
              {said.office}
            </button>
          )}
          {canSkip && (
            <button type="button" class="way letter-word" onClick={acts(wall, { act: "skip" })}>
              {said.skip}
            </button>
          )}
          {field !== "host" && (
            <button type="button" class="way letter-word" disabled={!canNext} onClick={acts(wall, { act: "next" })}>
              {said.next}
            </button>
          )}
        </Keys>
      }
      foot={<GuestsFoot wall={wall} canBack={true} />}
    >
      <h1>{said.ask[field]}</h1>
      <p class="quiet">{said.hint[field]}</p>
      <p class="written" aria-live="polite" dir="auto">
        {text}
      </p>
    </Sheet>
  );
}

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export function Coded({ page, wall }: { readonly page: GuestsPageOf<"code">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const said = words.guests.code;
  const type = (digit: number): void => touch({ touch: "guests", act: { act: "digit", digit } });
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      if (/^\d$/.test(key)) type(Number(key));
      if (key === "Backspace") touch({ touch: "guests", act: { act: "erase" } });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [touch]);
  const key = (digit: number) => (
    <button key={digit} type="button" class="way key" onClick={() => type(digit)}>
      {tell.number(digit)}
    </button>
  );
  return (
    <Sheet
      wall={wall}
      at="guests"
      ground="paper"
      withNetwork={false}
      ways={
        <div class="pad" dir="ltr">
          {digits.map(key)}
          <button type="button" class="way key-word" onClick={acts(wall, { act: "erase" })}>
            {words.visit.pin.erase}
          </button>
          {key(0)}
          <button type="button" class="way key-word" disabled={!page.canEnter} onClick={acts(wall, { act: "next" })}>
            {words.visit.pin.enter}
          </button>
        </div>
      }
      foot={<GuestsFoot wall={wall} canBack={true} />}
    >
      <h1>{said[page.why]}</h1>
      <p class="typed" aria-live="polite">
        {page.digits}
      </p>
      <p class="reason">{page.problem !== null && said[page.problem]}</p>
    </Sheet>
  );
}
