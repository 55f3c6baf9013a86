import type { ViewOf } from "../kinds.ts";
import { Here } from "../shapes.tsx";
import { BadgeWay, Sheet, type Wall } from "../sheet.tsx";

/** For whoever walks the halls with a name and looks for its clock; everybody else punches as always. */
export function Identify({ view, wall }: { readonly view: ViewOf<"identify">; readonly wall: Wall }) {
  const { words, place } = wall;
  const { identify } = words;
  const rows = [
    { head: identify.site, body: place.site },
    { head: identify.gate, body: place.gate },
    { head: identify.device, body: view.device },
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
      <h1>{identify.say}</h1>
      <p class="quiet">{identify.more}</p>
    </Sheet>
  );
}
