/**
 * What compiled TypeScript calls for inheritance, spread, async functions and the like. TypeScript's own helpers
 * (tslib) rely on hoisting and on methods that the interpreter lacks; these run there. They are bundled only when
 * used. Names and arguments are TypeScript's. Helpers that are missing here make the type check fail, by name.
 */

// biome-ignore-all lint/suspicious/noExplicitAny: these work on values of every type.
// biome-ignore-all lint/suspicious/noPrototypeBuiltins: the interpreter has no Object.hasOwn.

type Constructor = (new (...args: any[]) => any) & { [name: string]: any };

export const __assign = Object.assign;

/** class B extends A: copies static members (the interpreter does not look them up in the base). */
export function __extends(derived: Constructor, base: Constructor): void {
  for (const name in base) {
    if (name !== "prototype" && base.hasOwnProperty(name)) derived[name] = base[name];
  }
  derived.prototype = Object.create(base.prototype);
  derived.prototype.constructor = derived;
}

/** [...a, ...b]. TypeScript always passes a fresh array as `to`. */
export function __spreadArray(to: any[], from: ArrayLike<any>, _pack?: boolean): any[] {
  if (Array.isArray(from)) return to.concat(from);
  for (let i = 0; i < from.length; i++) to.push(from[i]);
  return to;
}

/** const { a, ...rest } = source */
export function __rest(source: any, without: string[]): any {
  const result: any = {};
  for (const name in source) {
    if (source.hasOwnProperty(name) && without.indexOf(name) < 0) result[name] = source[name];
  }
  return result;
}

/**
 * An async function. The resolve and reject functions stay reachable from this scope for as long as the promise is
 * pending: the interpreter frees a promise whose executor keeps neither.
 */
export function __awaiter(
  self: unknown,
  args: any,
  _promise: unknown,
  body: (...args: any[]) => any,
): Promise<any> {
  let resolve: (value?: any) => void;
  let reject: (problem: any) => void;
  const promise = new Promise<any>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const steps = body.apply(self, args || []);
  const run = (kind: number, value: any): void => {
    let step: [boolean, any];
    try {
      step = steps(kind, value);
    } catch (problem) {
      reject(problem);
      return;
    }
    if (step[0]) resolve(step[1]);
    else Promise.resolve(step[1]).then(proceed, fail);
  };
  const proceed = (value: any): void => run(0, value);
  const fail = (problem: any): void => run(1, problem);
  proceed(undefined);
  return promise;
}

type Operation = [kind: number, value?: any];
type Machine = (kind: number, value: any) => [isDone: boolean, value: any];

interface State {
  /** Where the body goes on. */
  label: number;
  /** Value of the await that just ended; throws when it failed. */
  sent: () => any;
  /** Regions entered and not left: labels of try, catch, finally, end. */
  trys: [number, number | undefined, number | undefined, number][];
  /** Operations that wait for a finally to end. */
  ops: Operation[];
}

/**
 * The state machine inside an async function. `body` runs from `state.label` to the next operation, [kind, value]:
 * 2 return, 3 jump to label, 4 await, 5 run the body of a loop that captures variables (a machine of its own),
 * 7 end of finally; 0 and 1 resume with a value or a failure, 6 was thrown.
 * Answers a function that runs to the next await or the end: [isDone, value].
 */
export function __generator(self: unknown, body: (state: State) => Operation): Machine {
  let received: Operation;
  let inner: Machine | undefined;
  const state: State = {
    label: 0,
    sent: () => {
      if (received[0] === 1) throw received[1];
      return received[1];
    },
    trys: [],
    ops: [],
  };

  /** Find where `op` leads: true when the body goes on at `state.label`, false when `op` leaves the function. */
  const route = (op: Operation): boolean => {
    const kind = op[0];
    while (state.trys.length) {
      const region = state.trys[state.trys.length - 1]!;
      if (kind === 3 && op[1] > region[0] && op[1] < region[3]) break;
      if (kind === 6 && region[1] && state.label < region[1]) {
        state.label = region[1];
        return true;
      }
      if (region[2]) {
        if (state.label < region[2]) {
          state.label = region[2];
          state.ops.push(op);
          return true;
        }
        state.ops.pop();
      }
      state.trys.pop();
    }
    if (kind !== 3) return false;
    state.label = op[1];
    return true;
  };

  return (resumeKind, value) => {
    let op: Operation = [resumeKind, value];
    for (;;) {
      try {
        if (inner) {
          const step = inner(op[0], op[1]);
          if (!step[0]) return step;
          inner = undefined;
          op = [0, step[1]];
        }
        received = op;
        op = body.call(self, state);
      } catch (problem) {
        inner = undefined;
        op = [6, problem];
      }
      while (op[0] === 7) {
        op = state.ops.pop()!;
        state.trys.pop();
      }
      if (op[0] === 4 || op[0] === 5) {
        state.label++;
        if (op[0] === 4) return [false, op[1]];
        inner = op[1];
        op = [0];
      } else if (!route(op)) {
        if (op[0] === 6) throw op[1];
        return [true, op[1]];
      }
    }
  };
}
