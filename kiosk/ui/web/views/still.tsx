import type { Step, ViewOf } from "../kinds.ts";
import { Bar } from "../shapes.tsx";
import { Sheet, type Wall } from "../sheet.tsx";

/** The views that only stand there: waking up, saving, out of order, and a page without its clock. */

const steps: readonly Step[] = ["journal", "people", "models", "camera"];

export function Starting({ view, wall }: { readonly view: ViewOf<"starting">; readonly wall: Wall }) {
  const { starting } = wall.words;
  const reached = steps.indexOf(view.step);
  return (
    <Sheet wall={wall} at="starting" ground="paper">
      <h1>{starting.say}</h1>
      <p class="quiet">{starting.step[view.step]}</p>
      <div class="steps" aria-hidden="true">
        {steps.map((step, index) => (
          <i key={step} data-done={index <= reached} />
        ))}
      </div>
    </Sheet>
  );
}

export function Saving({ view, wall }: { readonly view: ViewOf<"saving">; readonly wall: Wall }) {
  const { saving } = wall.words;
  return (
    <Sheet wall={wall} at="saving" ground="paper">
      <h1>{saving.say(view.name)}</h1>
      <p class="quiet">{saving.more}</p>
    </Sheet>
  );
}

export function OutOfOrder({ view, wall }: { readonly view: ViewOf<"out-of-order">; readonly wall: Wall }) {
  const { outOfOrder } = wall.words;
  return (
    <Sheet
      wall={wall}
      at="out-of-order"
      ground="ink"
      figure={<Bar />}
      foot={
        <p class="foot-note technician">
          {outOfOrder.forTechnician}: <code>{view.code}</code> <span>{view.remedy}</span>
        </p>
      }
    >
      <h1>{outOfOrder.say}</h1>
      <p>{outOfOrder.more}</p>
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
