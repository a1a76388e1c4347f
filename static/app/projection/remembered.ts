/**
 * A projection of what did not change is the same object as before: a tap then costs the work on one transfer, and a screen can tell
 * by `===` what it need not draw again. Remembers for each owner the result for the inputs it was last asked with, and no longer than
 * the owner lives.
 */
export function remembered<Owner extends object, Result>(): (owner: Owner, inputs: readonly unknown[], make: () => Result) => Result {
  const last = new WeakMap<Owner, { inputs: readonly unknown[]; result: Result }>();
  return (owner, inputs, make) => {
    const before = last.get(owner);
    if (before && areSame(before.inputs, inputs)) return before.result;
    const result = make();
    last.set(owner, { inputs, result });
    return result;
  };
}

const areSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((input, at) => Object.is(input, other[at]));
