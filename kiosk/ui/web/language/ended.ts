/** A sentence with its full stop. A masked name brings its own ("Ana M."), also where it stands isolated. */
export const ended = (sentence: string, fullStop = "."): string =>
  /[.。।]\u2069?$/.test(sentence) ? sentence : `${sentence}${fullStop}`;
