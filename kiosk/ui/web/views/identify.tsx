import type { ViewOf } from "../kinds.ts";
import { Here } from "../shapes.tsx";
import { BadgeWay, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

export const identify: Drawn<"identify"> = {
  draw: (view, wall) => <Identify view={view} wall={wall} />,
  sentence: (_, { words }) => `${words.identify.say} ${words.identify.more}`,
  chime: () => "here",
};

/** For whoever walks the halls with a name and looks for its clock; everybody else punches as always. */
function Identify({ view, wall }: { readonly view: ViewOf<"identify">; readonly wall: Wall }) {
  const { words, place } = wall;
  const said = words.identify;
  const rows = [
    { head: said.site, body: place.site },
    { head: said.gate, body: place.gate },
    { head: said.device, body: view.device },
  ].filter(({ body }) => body !== "");
  return (
    <Sheet
      wall={wall}
      at="identify"
      ground="paper"
      figure={<Here />}
      rows={
        <dl class="rows">
          {rows.map(({ head, body }) => (
            <div key={head}>
              <dt>{head}</dt>
              <dd>
                <bdi>{body}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      }
      ways={<BadgeWay wall={wall} />}
    >
      <h1>{said.say}</h1>
      <p class="quiet">{said.more}</p>
    </Sheet>
  );
}
