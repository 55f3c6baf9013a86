import type { Day, Mark, ViewOf } from "../kinds.ts";
import { Picks, VisitFoot } from "../picks.tsx";
import { FootButton, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

/** A person's own hours, and what they begin to work at. */

export const hours: Drawn<"hours"> = {
  draw: (view, wall) => <Hours view={view} wall={wall} />,
  sentence: ({ name, standing }, { words: { visit } }) => `${visit.hours.say(name)}: ${visit.hours.standing[standing]}`,
  moment: ({ name }) => name,
};

export const job: Drawn<"job"> = {
  draw: (view, wall) => <Job view={view} wall={wall} />,
  sentence: (_, { words }) => words.visit.job.say,
  moment: ({ name }) => name,
};

function Hours({ view, wall }: { readonly view: ViewOf<"hours">; readonly wall: Wall }) {
  const { words, tell, touch } = wall;
  const said = words.visit.hours;
  const { today, total } = view;
  return (
    <Sheet
      wall={wall}
      at="hours"
      ground="paper"
      rows={
        <table class="days">
          <thead>
            <tr>
              <th scope="col">{said.total}</th>
              <th scope="col">{said.work}</th>
              <th scope="col">{said.pause}</th>
            </tr>
          </thead>
          <tbody>
            {view.days.map((day) => (
              <tr key={day.day}>
                <th scope="row">
                  {tell.day(day.day)} <small>{remarksOn(day, wall)}</small>
                </th>
                <td>{day.workMin === 0 ? "" : tell.duration(day.workMin)}</td>
                <td>{day.breakMin === 0 ? "" : tell.duration(day.breakMin)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
      foot={
        <>
          {view.canJob && <FootButton label={said.job} onTouch={() => touch({ touch: "jobs" })} />}
          <FootButton label={words.visit.errand.rights} onTouch={() => touch({ touch: "errand", errand: "rights" })} />
          {view.canLeave === true && (
            <FootButton
              label={words.visit.errand.absence}
              onTouch={() => touch({ touch: "errand", errand: "absence" })}
            />
          )}
          {view.canRequest && <FootButton label={said.request} onTouch={() => touch({ touch: "request" })} />}
          <VisitFoot wall={wall} />
        </>
      }
    >
      <h1>{said.say(view.name)}</h1>
      <p>
        {said.standing[view.standing]} {view.job !== null && <bdi class="quiet">{view.job}</bdi>}
      </p>
      <p class="what">
        {said.today} <b>{tell.duration(today.workMin)}</b>
      </p>
      <ul class="marks">
        {today.marks.map((mark) => (
          <li key={mark.id}>{markSaid(mark, wall)}</li>
        ))}
      </ul>
      <p class="quiet">
        {said.total}: {tell.duration(total.workMin)}
        {total.isUnsure && ` · ${said.unsure}`}
      </p>
    </Sheet>
  );
}

/** What is not as it should be about a day, in as few words as there are. */
export const remarksOn = ({ isOpen, isUnsure, asked }: Day, { words: { visit } }: Wall): string =>
  [isOpen && visit.hours.open, isUnsure && visit.hours.unsure, asked > 0 && visit.hours.asked]
    .filter((remark) => remark !== false)
    .join(" · ");

export const markSaid = ({ kind, local, isSure }: Mark, { words: { visit }, tell }: Wall): string =>
  `${visit.kind[kind]} ${local === null ? visit.hours.unsure : tell.time(local)}${local !== null && !isSure ? ` (${visit.hours.unsure})` : ""}`;

function Job({ view, wall }: { readonly view: ViewOf<"job">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const said = words.visit.job;
  return (
    <Sheet
      wall={wall}
      at="job"
      ground="paper"
      rows={view.groups.map(({ group, jobs }) => (
        <section key={group} class="pick-group">
          {group !== "" && (
            <h2 class="pick-head">
              <bdi>{group}</bdi>
            </h2>
          )}
          <Picks
            picks={jobs.map(({ code, label }) => ({
              ...{ id: code, label, isNow: code === view.now },
              ...(code === view.now ? { note: said.now } : {}),
            }))}
            onPick={(id) => touch({ touch: "pick", id })}
          />
        </section>
      ))}
      foot={<VisitFoot wall={wall} canBack={true} />}
    >
      <h1>{said.say}</h1>
    </Sheet>
  );
}
