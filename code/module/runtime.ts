/**
 * What a linked graph needs where it runs.
 *
 * @module
 */

/**
 * An expression for the object that loads the modules of a graph:
 *
 * - `space()` makes the namespace of a module.
 * - `names(space, getters)` and `stars(space, spaces)` give it its names.
 * - `script(id, …)` and `other(id, load)` declare a file, and a module that is no file.
 * - `root(id, …)` says what has to be linked and evaluated for a file that is opened by itself.
 * - `open(id)` links and evaluates, and returns the namespace.
 *
 * The body of a script is a generator. Up to its `yield` it has declared its functions and its names,
 * so that modules in a circle find them. A script without `await` is no async generator, so that it
 * can run while a deferred import is read.
 */
export const RUNTIME = `(() => {
const spaces = [], bodies = [], orders = [], links = [], needs = [], checks = [];
const urls = Object.create(null);
const loads = [], loaded = [], started = [], done = [];
const define = (space, name, get) => Object.defineProperty(space, name, { get, enumerable: true });
const load = (id) => loaded[id] ??= loads[id]();
const start = (id) => {
  const body = bodies[id];
  const steps = body();
  steps.next();
  return steps;
};
const evaluate = (id) => done[id] ??= run(started[id]);
const run = (steps) => {
  try {
    const end = steps.next();
    return typeof end.then === "function" ? { ended: end } : {};
  } catch (error) {
    const ended = Promise.reject(error);
    ended.catch(() => {});
    return { ended, error };
  }
};
const link = async (id) => {
  const loading = needs[id].map(load);
  for (const each of loading) each.catch(() => {});
  for (const each of loading) await each;
  const others = links[id].filter((each) => started[each] === undefined);
  for (const each of others) started[each] = start(each);
  for (const each of others) checks[each]();
};
const runtime = {
  space: () => Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }),
  names(space, getters) {
    for (const name of Object.keys(getters).sort()) define(space, name, getters[name]);
  },
  stars(space, others) {
    for (const other of others) for (const name of Object.keys(other)) {
      if (name !== "default" && !(name in space)) define(space, name, () => other[name]);
    }
  },
  data(space, make) {
    let made;
    define(space, "default", () => (made ??= { value: make() }).value);
  },
  script(id, check, body) {
    checks[id] = check, bodies[id] = body;
  },
  root(id, url, space, order, linked, needed) {
    urls[url] = id, spaces[id] = space, orders[id] = order, links[id] = linked, needs[id] = needed;
  },
  other(id, make) {
    loads[id] = make;
  },
  name(main) {
    Object.defineProperty(main, "name", { value: "default", configurable: true });
  },
  check(space, module, name, at) {
    if (name in space) return;
    throw new SyntaxError(module + " has no export " + JSON.stringify(name) + ", imported at " + at);
  },
  async bundled(id, name, there) {
    let why;
    try {
      return await (await load(id))[name]();
    } catch (error) {
      // Another copy of it would be denied the same.
      if (error instanceof Deno.errors.NotCapable) throw error;
      why = "its bundle fails: " + error;
    }
    return await runtime.there(why, there);
  },
  async there(why, make) {
    try {
      return await make();
    } catch (error) {
      error.message += "; it is imported here, as " + why;
      throw error;
    }
  },
  async import(base, specifier, options) {
    const url = /^\\.{0,2}\\//.test(specifier) ? new URL(specifier, base).href : String(specifier);
    return await (options === undefined && url in urls ? runtime.open(urls[url]) : import(url, options));
  },
  async open(id) {
    if (orders[id] === undefined) return await load(id);
    await link(id);
    for (const each of orders[id]) {
      const { ended } = evaluate(each);
      if (ended) await ended;
    }
    return spaces[id];
  },
  defer(id) {
    const ready = () => {
      for (const each of orders[id]) {
        const end = evaluate(each);
        if ("error" in end) throw end.error;
      }
    };
    const trap = (name) => (space, key, ...rest) => {
      if (typeof key === "string" && key !== "then") ready();
      return Reflect[name](space, key, ...rest);
    };
    return new Proxy(spaces[id], {
      get: trap("get"), has: trap("has"), getOwnPropertyDescriptor: trap("getOwnPropertyDescriptor"),
      ownKeys: (space) => (ready(), Reflect.ownKeys(space)),
    });
  },
};
return runtime;
})()`;
