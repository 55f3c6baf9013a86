import { progress as bar } from "@clack/prompts";

/** How far a long run is, on stderr: stdout is for the result alone. */
export interface Progress {
  /** Begins a step of `total` things. */
  readonly begin: (what: string, total: number) => void;
  /** So many of them are done. */
  readonly reach: (done: number) => void;
  readonly end: () => void;
}

/** A bar on a terminal; elsewhere a line for every tenth, so that a log can be read. */
export function openProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  return output.isTTY ? barOn(output) : linesOn(output);
}

function barOn(output: NodeJS.WriteStream): Progress {
  let current: ReturnType<typeof bar> | null = null;
  let [shown, label, of] = [0, "", 1];
  const stop = () => {
    current?.stop(label);
    current = null;
  };
  return {
    begin: (what, total) => {
      stop();
      [shown, label, of] = [0, what, Math.max(1, total)];
      current = bar({ max: of, output });
      current.start(what);
    },
    reach: (done) => {
      // Each step of the bar redraws it: a hundred are enough.
      const isNews = done >= of || done - shown >= of / 100;
      if (!isNews || done <= shown) return;
      current?.advance(done - shown, `${label}, ${done} of ${of}`);
      shown = done;
    },
    end: stop,
  };
}

function linesOn(output: NodeJS.WritableStream): Progress {
  let [label, of, tenth] = ["", 1, 0];
  return {
    begin: (what, total) => {
      [label, of, tenth] = [what, Math.max(1, total), 0];
    },
    reach: (done) => {
      const now = Math.floor((10 * done) / of);
      if (now <= tenth) return;
      tenth = now;
      output.write(`${label}: ${done} of ${of}\n`);
    },
    end: () => {},
  };
}
