/**
 * Loaded into a clock before its own program: at SIGUSR2 it ends as a bug ends a program, and everything around the bug
 * quotes somebody. `TEST_CRASH=heap` fills the memory instead.
 */
const quoted = "Tindale Marchetti, card 7700422";

process.on("SIGUSR2", () => {
  if (process.env.TEST_CRASH === "heap") {
    const kept: object[] = [];
    for (let at = 0; ; at += 1) kept.push({ [`${quoted} ${at}`]: `${quoted} ${at}` });
  }
  const error = new TypeError(`cannot read 'face' of ${quoted}`, { cause: { quoted } });
  Object.assign(error, { person: quoted });
  throw error;
});
