/** Draws what the set-up says of itself, asks again each half second, and goes when somebody else has the port. */

const everyMs = 500;
const shapes = {
  done: "M4 13 L10 19 L20 6",
  so: "M4 13 L10 19 L20 6",
  begun: "M12 3 A9 9 0 1 1 3 12",
  failed: "M12 4 L21 20 L3 20 Z M12 10 L12 14 M12 17 L12 17.2",
  waits: "M12 3 A9 9 0 1 1 11.9 3 Z",
};
const svgName = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
let drawn = "";

function mark(is) {
  const svg = document.createElementNS(svgName, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svgName, "path");
  path.setAttribute("d", shapes[is] ?? shapes.waits);
  svg.append(path);
  return svg;
}

function row({ title, is }) {
  const line = document.createElement("li");
  line.dataset.is = is;
  const text = document.createElement("span");
  text.textContent = title;
  line.append(mark(is), text);
  return line;
}

function answer({ text, answer: value }, session) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", () => {
    void fetch("/answer", { method: "POST", headers: { "lintel-session": session }, body: value });
  });
  return button;
}

function part(text, tag) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** Commands stand between backticks, as in every remedy; no date and no flag is torn in two at a hyphen. */
function prose(text) {
  const whole = text
    .replaceAll(
      /(\d{4})-(\d\d)-(\d\d)(T(?=\d\d:))?/g,
      (_, y, m, d, t) => `${y}\u2011${m}\u2011${d}${t ? "\u00a0" : ""}`,
    )
    .replaceAll(/(?<![^\s(])--(?=\w)/g, "\u2011\u2011");
  return whole.split("`").map((piece, index) => part(piece, index % 2 === 1 ? "code" : "span"));
}

/** One beside the other in columns, so that they are compared in the order in which they are read. */
const wordsOf = (words) => words.split(" ").flatMap((word, index) => [...(index > 0 ? [" "] : []), part(word, "span")]);

function fill(id, children, isShown) {
  byId(id).hidden = !isShown;
  byId(id).replaceChildren(...children);
}

function draw({ title, hint, remedy, again, words, answers, code, steps, session }) {
  byId("title").textContent = title;
  fill("hint", prose(hint), true);
  fill("remedy", prose(remedy), remedy !== "");
  fill("again", [again], again !== "");
  byId("code").textContent = code;
  fill("words", wordsOf(words), words !== "");
  byId("answers").hidden = answers.length === 0;
  byId("answers").replaceChildren(...answers.map((one) => answer(one, session)));
  byId("steps").replaceChildren(...steps.map(row));
}

async function look() {
  try {
    const reply = await fetch("/state");
    // The clock, or its notice, has come in our place.
    if (reply.headers.get("lintel-setup") === null) return location.reload();
    const text = await reply.text();
    if (text !== drawn) draw(JSON.parse(text));
    drawn = text;
  } catch {
    // Nobody listens for a moment: what stands here stays.
  }
}

setInterval(look, everyMs);
void look();
