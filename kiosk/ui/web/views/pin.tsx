import { useEffect } from "preact/hooks";
import type { ViewOf } from "../kinds.ts";
import { FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

export const pin: Drawn<"pin"> = {
  draw: (view, wall) => <Pin view={view} wall={wall} />,
  sentence: (view, wall) => problemOf(view, wall) ?? askOf(view, wall),
  chime: ({ problem }) => (problem === null ? null : "look"),
  moment: ({ step, problem, isChecking }) => `${step} ${problem} ${isChecking}`,
};

const askOf = ({ step, isChecking }: ViewOf<"pin">, { words: { visit } }: Wall): string =>
  isChecking ? visit.pin.checking : visit.pin[step];

function problemOf({ problem, waitUntil }: ViewOf<"pin">, { words: { visit }, tell }: Wall): string | null {
  if (problem === "wait") return visit.pin.wait(waitUntil === null ? "" : tell.time(waitUntil));
  return problem === "wrong" ? visit.pin.wrong : null;
}

/** What was typed of a PIN is dots and a count, on the wall and aloud. */
function Pin({ view, wall }: { readonly view: ViewOf<"pin">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const { visit } = words;
  const problem = problemOf(view, wall);
  return (
    <Sheet
      wall={wall}
      at="pin"
      ground="paper"
      withNetwork={false}
      ways={<Pad view={view} wall={wall} />}
      foot={
        <>
          {view.canSkip ? (
            <FootButton label={visit.without} note={visit.withoutMore} onTouch={() => touch({ touch: "without" })} />
          ) : (
            <FootButton label={words.otherWay} onTouch={() => touch({ touch: "back" })} />
          )}
          <FootButton label={visit.close} onTouch={() => touch({ touch: "dismiss" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1>{askOf(view, wall)}</h1>
      <p class="typed" role="img" aria-label={visit.pin.typed(wall.tell.number(view.count))}>
        {view.step === "number" ? view.number : "•".repeat(view.count)}
      </p>
      <p class="reason">{problem}</p>
    </Sheet>
  );
}

/** Digits run as on every telephone, whichever way the words run. */
function Pad({ view: { order, canEnter, isChecking }, wall }: { readonly view: ViewOf<"pin">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      if (/^\d$/.test(key)) touch({ touch: "digit", digit: Number(key) });
      if (key === "Backspace") touch({ touch: "erase" });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [touch]);
  const key = (digit: number) => (
    <button
      key={digit}
      type="button"
      class="way key"
      disabled={isChecking}
      onClick={() => touch({ touch: "digit", digit })}
    >
      {tell.number(digit)}
    </button>
  );
  return (
    <div class="pad" dir="ltr">
      {order.slice(0, 9).map(key)}
      <button type="button" class="way key-word" disabled={isChecking} onClick={() => touch({ touch: "erase" })}>
        {words.visit.pin.erase}
      </button>
      {order.slice(9, 10).map(key)}
      <button type="button" class="way key-word" disabled={!canEnter} onClick={() => touch({ touch: "enter" })}>
        {words.visit.pin.enter}
      </button>
    </div>
  );
}
