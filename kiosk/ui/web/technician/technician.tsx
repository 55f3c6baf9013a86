import "./technician.css";
import { render } from "preact";
import type { TechnicianView } from "../../../core/technician-view.ts";
import { holdPage } from "../hold.ts";
import { Chart } from "./chart.tsx";
import { Code } from "./code.tsx";
import { Findings } from "./findings.tsx";
import { drawn } from "./gauges.ts";
import { answers, leave, lookAgain, stage } from "./link.ts";

/** The technician's page: what the doctor finds and how the clock is now. Nobody's name, score or picture is on it. */

const hour = (utcMs: number): string => new Date(utcMs).toISOString().slice(11, 16);

function View({ view }: { view: TechnicianView }) {
  const { figures, rooms, findings, isLooking, lookedUtcMs, untilUtcMs } = view;
  return (
    <div class="sheet">
      <header>
        <h1>This clock</h1>
        <p>Open until {hour(untilUtcMs)} UTC at most. People can punch by badge meanwhile; nothing of it shows here.</p>
        <nav aria-label="Page">
          <button type="button" onClick={lookAgain} aria-disabled={isLooking}>
            {isLooking ? "Looking …" : "Look again"}
          </button>
          <button type="button" onClick={leave}>
            Back to the clock
          </button>
        </nav>
      </header>
      <main>
        <p class="alarm" role="status">
          {answers.value ? "" : "The clock does not answer: what stands here is old."}
        </p>
        <section aria-labelledby="live">
          <h2 id="live">The last five minutes</h2>
          <div class="charts">
            {drawn.map((one) => (
              <Chart key={one.gauge} of={one} values={figures.series[one.gauge]} />
            ))}
          </div>
          <dl class="rooms">
            {Object.entries(rooms).map(([room, word]) => (
              <div key={room} data-off={!["up", "none", "starting"].includes(word)}>
                <dt>{room}</dt>
                <dd>{word}</dd>
              </div>
            ))}
          </dl>
        </section>
        <p class="looked">
          {lookedUtcMs === null
            ? "The doctor looks for the first time; it takes some seconds."
            : `Looked at ${hour(lookedUtcMs)} UTC, with the clock's own rights. sudo lintel doctor sees more.`}
        </p>
        {lookedUtcMs !== null && <Findings findings={findings} />}
      </main>
    </div>
  );
}

function Page() {
  const now = stage.value;
  if (now.at === "view") return <View view={now.view} />;
  if (now.at === "code") return <Code isWrong={now.isWrong} />;
  return (
    <main class="code">
      <h1>This page is closed.</h1>
      <p>The clock comes back by itself.</p>
    </main>
  );
}

holdPage();
const page = document.getElementById("page");
if (page !== null) render(<Page />, page);
