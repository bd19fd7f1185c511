/** What the parts of the made-up host share: it is the same at every start, apart from its times, which are relative to now. */
export const GIGABYTE = 1e9;

export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
