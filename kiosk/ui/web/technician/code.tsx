import { signal } from "@preact/signals";
import { answers, enter, felt, leave } from "./link.ts";

/** Asks for the code that the technician's own command told them: by fingers at the wall, by keys elsewhere. */

const typed = signal("");
const digits = 8;

function take(text: string): void {
  felt();
  typed.value = text.replaceAll(/\D/g, "").slice(0, digits);
  if (typed.value.length < digits) return;
  void enter(typed.value);
  typed.value = "";
}

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

export function Code({ isWrong }: { isWrong: boolean }) {
  return (
    <main class="code">
      <h1>For technicians</h1>
      <p>
        <label for="code">
          The code that <b>lintel technician</b> told you:
        </label>
      </p>
      <input
        id="code"
        class="code-typed"
        inputMode="none"
        autocomplete="off"
        autofocus
        maxLength={digits}
        value={typed.value}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <p class="code-said" role="status">
        {!answers.value
          ? "The clock does not answer."
          : isWrong
            ? "That is not the code, or it was used. Ask for a new one."
            : ""}
      </p>
      <div class="code-keys">
        {keys.map((key) => (
          <button key={key} type="button" onClick={() => take(typed.value + key)}>
            {key}
          </button>
        ))}
        <button type="button" class="wide" onClick={() => take(typed.value.slice(0, -1))}>
          Delete
        </button>
      </div>
      <button type="button" class="plain" onClick={leave}>
        Back to the clock
      </button>
    </main>
  );
}
