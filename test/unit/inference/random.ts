/** Numbers that follow from a seed (Mulberry32), so that a failing property can be run again. */
export function randomOf(seed: number): (count: number, from: number, to: number) => Float32Array {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (count, from, to) => Float32Array.from({ length: count }, () => from + (to - from) * next());
}
