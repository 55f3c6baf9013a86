import type { Step, ViewOf } from "../kinds.ts";
import { Bar } from "../shapes.tsx";
import { Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

/** The views that only stand there: waking up, saving, out of order, and a page without its clock. */

export const starting: Drawn<"starting"> = {
  draw: (view, wall) => <Starting view={view} wall={wall} />,
  sentence: (_, { words }) => words.starting.say,
  isSilent: true,
};

export const saving: Drawn<"saving"> = {
  draw: (view, wall) => <Saving view={view} wall={wall} />,
  sentence: ({ name }, { words }) => words.saving.say(name),
  isSilent: true,
};

export const outOfOrder: Drawn<"out-of-order"> = {
  draw: (view, wall) => <OutOfOrder view={view} wall={wall} />,
  sentence: (_, { words: { outOfOrder: said } }) => `${said.say} ${said.more}`,
  isUrgent: () => true,
};

export const unreachableSentence = ({ words: { unreachable } }: Wall): string =>
  `${unreachable.say} ${unreachable.more}`;

const steps: readonly Step[] = ["journal", "people", "models", "camera"];

function Starting({ view, wall }: { readonly view: ViewOf<"starting">; readonly wall: Wall }) {
  const said = wall.words.starting;
  const reached = steps.indexOf(view.step);
  return (
    <Sheet wall={wall} at="starting" ground="paper">
      <h1>{said.say}</h1>
      <p class="quiet">{said.step[view.step]}</p>
      <div class="steps" aria-hidden="true">
        {steps.map((step, index) => (
          <i key={step} data-done={index <= reached} />
        ))}
      </div>
    </Sheet>
  );
}

function Saving({ view, wall }: { readonly view: ViewOf<"saving">; readonly wall: Wall }) {
  const said = wall.words.saving;
  return (
    <Sheet wall={wall} at="saving" ground="paper">
      <h1>{said.say(view.name)}</h1>
      <p class="quiet">{said.more}</p>
    </Sheet>
  );
}

function OutOfOrder({ view, wall }: { readonly view: ViewOf<"out-of-order">; readonly wall: Wall }) {
  const said = wall.words.outOfOrder;
  return (
    <Sheet
      wall={wall}
      at="out-of-order"
      ground="ink"
      figure={<Bar />}
      foot={
        <p class="foot-note technician">
          {said.forTechnician}: <code dir="ltr">{view.code}</code> <span dir="auto">{view.remedy}</span>
        </p>
      }
    >
      <h1>{said.say}</h1>
      <p>{said.more}</p>
    </Sheet>
  );
}

export function Unreachable({ wall }: { readonly wall: Wall }) {
  const { unreachable } = wall.words;
  return (
    <Sheet wall={wall} at="unreachable" ground="ink" figure={<Bar />} withNetwork={false}>
      <h1>{unreachable.say}</h1>
      <p>{unreachable.more}</p>
    </Sheet>
  );
}
