/** Fails on purpose, to show that a failure stays inside its page. */
export function BrokenPage(): never {
  throw new Error('this page is broken on purpose');
}
