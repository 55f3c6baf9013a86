/** Hears every value until there are no more; throws what the source throws. */
export async function listen<T>(values: AsyncIterable<T>, hear: (value: T) => void): Promise<void> {
  for await (const value of values) hear(value);
}
