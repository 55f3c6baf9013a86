import type { ViewOf } from "../kinds.ts";
import { Pager, Picks, VisitFoot } from "../picks.tsx";
import { Check } from "../shapes.tsx";
import { Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { Choices } from "./thanks.tsx";

/** What is told when something is written down, who is in, and a supervisor who punches for somebody else. */

export const told: Drawn<"told"> = {
  draw: (view, wall) => <Told view={view} wall={wall} />,
  sentence: (view, wall) => toldOf(view, wall).join(" "),
  chime: () => "saved",
  isUrgent: () => true,
  moment: ({ what, name }) => `${what} ${name}`,
  endsVisit: true,
};

export const muster: Drawn<"muster"> = {
  draw: (view, wall) => <Muster view={view} wall={wall} />,
  sentence: ({ count }, { words }) => words.visit.muster.say(count),
  isUrgent: () => true,
};

export const override: Drawn<"override"> = {
  draw: (view, wall) => <Override view={view} wall={wall} />,
  sentence: ({ ask }, { words }) => questionOf(ask, words.visit.override),
  moment: ({ ask }) => ask.what,
};

function toldOf({ what, name }: ViewOf<"told">, { words: { visit } }: Wall): readonly [string, string] {
  if (what === "punched") return [visit.told.punched.say(name), visit.told.punched.more];
  return [visit.told[what].say, visit.told[what].more];
}

function Told({ view, wall }: { readonly view: ViewOf<"told">; readonly wall: Wall }) {
  const [say, more] = toldOf(view, wall);
  return (
    <Sheet wall={wall} at="told" ground="yes" figure={<Check />} foot={<VisitFoot wall={wall} />}>
      <h1>{say}</h1>
      <p>{more}</p>
    </Sheet>
  );
}

function Muster({ view, wall }: { readonly view: ViewOf<"muster">; readonly wall: Wall }) {
  const { tell } = wall;
  const said = wall.words.visit.muster;
  return (
    <Sheet
      wall={wall}
      at="muster"
      ground="paper"
      rows={
        <ul class="people">
          {view.lines.map(({ name, standing, sinceLocal, loc, isDoubtful, isVisitor }, index) => (
            <li key={`${index} ${name}`} data-doubtful={isDoubtful}>
              <b>
                <bdi>{name}</bdi>
              </b>
              <span>
                {standing === "break" && `${said.isBreak} · `}
                {sinceLocal === null ? wall.words.visit.hours.unsure : said.since(tell.time(sinceLocal))}
                {loc !== "" && (
                  <>
                    {" · "}
                    <bdi>{loc}</bdi>
                  </>
                )}
                {isDoubtful && ` · ${said.isDoubtful}`}
                {isVisitor === true && ` · ${wall.words.alert.on.visitor}`}
              </span>
            </li>
          ))}
        </ul>
      }
      ways={<Pager page={view.page} pages={view.pages} wall={wall} />}
      foot={<VisitFoot wall={wall} />}
    >
      <h1>{said.say(view.count)}</h1>
      {view.doubtful > 0 && <p class="quiet">{said.doubtful(view.doubtful)}</p>}
    </Sheet>
  );
}

type Ask = ViewOf<"override">["ask"];

const questionOf = (ask: Ask, said: Wall["words"]["visit"]["override"]): string =>
  ask.what === "person" ? said.person : said[ask.what](ask.name);

function Override({ view: { ask }, wall }: { readonly view: ViewOf<"override">; readonly wall: Wall }) {
  const said = wall.words.visit.override;
  return (
    <Sheet
      wall={wall}
      at="override"
      ground="paper"
      ways={<Answers ask={ask} wall={wall} />}
      foot={<VisitFoot wall={wall} canBack={true} />}
    >
      <h1>{questionOf(ask, said)}</h1>
    </Sheet>
  );
}

function Answers({ ask, wall }: { readonly ask: Ask; readonly wall: Wall }) {
  const { words, touch } = wall;
  const pick = (id: string): void => touch({ touch: "pick", id });
  switch (ask.what) {
    case "person":
      return (
        <>
          <Picks picks={ask.people.map(({ id, name }) => ({ id, label: name }))} onPick={pick} />
          <Pager page={ask.page} pages={ask.pages} wall={wall} />
        </>
      );
    case "reason":
      return <Picks picks={ask.reasons.map((id) => ({ id, label: words.visit.override.reasons[id] }))} onPick={pick} />;
    case "kind":
      return <Choices kinds={ask.kinds} labels={words.visit.kind} wall={wall} />;
  }
}
