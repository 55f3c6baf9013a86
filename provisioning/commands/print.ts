/** What the technician's commands write; progress and complaints go to stderr, so that a pipe sees results only. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
