/** pipe(): what one stream reads goes to another in pieces, in each turn of the idle loop. Source: jswrap_pipe.c, Espruino 2v29. */
import { native } from "../engine/builtins/define.ts";
import { EspArray, EspObject, isString, type Value } from "../engine/value.ts";
import { queueListeners } from "./listeners.ts";
import type { Machine } from "./machine.ts";
import { BUFFER_KEY } from "./network/stream.ts";

const CHUNK_BYTES = 64;
const LIST = "pipes";
const STRING_STREAM =
  "(function(s){var p=0;return{read:function(l){return s.substring(p,p+=l)||undefined;}}})";

export class Pipes {
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  add(from: Value, to: Value, options: Value): void {
    const { engine } = this.machine;
    if (from === undefined || to === undefined) return;
    const source = isString(from) ? this.stringStream(from) : from;
    if (!engine.isFunction(method(engine, source, "read"))) {
      throw this.machine.error(this.lacks("Source", "read"));
    }
    if (!engine.isFunction(method(engine, to, "write"))) {
      throw this.machine.error(this.lacks("Destination", "write"));
    }
    const pipe = engine.object();
    const problem = this.readOptions(pipe, options);
    engine.set(pipe, "source", source);
    engine.set(pipe, "destination", to);
    this.listen(source, "close", () => this.closeOf("source", source));
    this.listen(to, "drain", () => this.drained(to));
    this.listen(to, "close", () => this.closeOf("destination", to));
    const list = engine.hidden.props?.get(LIST);
    if (list instanceof EspArray) list.items.push(pipe);
    else engine.set(engine.hidden, LIST, engine.array([pipe]));
    // The firmware notes wrong options and pipes all the same.
    if (problem !== undefined) throw engine.error("TypeError", problem);
  }

  /** Move one piece in each pipe. Returns whether any moved. */
  idle(): boolean {
    let hasMoved = false;
    for (const pipe of this.list()) {
      if (this.machine.engine.truthy(pipe.props?.get("drainWait"))) continue;
      this.machine.faults.protectEvent(() => {
        hasMoved = this.machine.runCode(() => this.move(pipe)) || hasMoved;
      });
    }
    return hasMoved;
  }

  private list(): EspObject[] {
    const list = this.machine.engine.hidden.props?.get(LIST);
    return list instanceof EspArray ? ([...list.items] as EspObject[]) : [];
  }

  /** False when there was nothing to read yet, or the pipe has ended. */
  private move(pipe: EspObject): boolean {
    const { engine } = this.machine;
    const source = pipe.props?.get("source");
    const destination = pipe.props?.get("destination");
    const data = this.call(source, "read", [pipe.props?.get("chunkSize")]);
    if (data === undefined) {
      this.close(pipe);
      return true;
    }
    const length = isString(data) ? engine.text(data).length : 1;
    if (length === 0) return false;
    if (this.call(destination, "write", [data]) === false) engine.set(pipe, "drainWait", true);
    return true;
  }

  private close(pipe: EspObject): void {
    const { machine } = this;
    const { engine } = machine;
    const list = engine.hidden.props?.get(LIST);
    const index = list instanceof EspArray ? list.items.indexOf(pipe) : -1;
    if (index < 0) return;
    (list as EspArray).items.splice(index, 1);
    queueListeners(machine, pipe, "complete", [pipe]);
    const source = pipe.props?.get("source") as EspObject;
    const destination = pipe.props?.get("destination") as EspObject;
    const rest = source.props?.get(BUFFER_KEY);
    if (isString(rest) && engine.text(rest) !== "") {
      source.props?.delete(BUFFER_KEY);
      this.call(destination, "write", [rest]);
    }
    if (!engine.truthy(pipe.props?.get("end"))) return;
    // All listeners for these go, as in the original.
    destination.props?.delete("#ondrain");
    destination.props?.delete("#onclose");
    this.call(destination, "end", []);
    this.call(destination, "close", []);
    source.props?.delete("#onclose");
    this.call(source, "close", []);
  }

  private drained(destination: Value): void {
    for (const pipe of this.list()) {
      if (pipe.props?.get("destination") === destination) {
        this.machine.engine.set(pipe, "drainWait", false);
      }
    }
  }

  private closeOf(end: "source" | "destination", object: Value): void {
    for (const pipe of this.list()) if (pipe.props?.get(end) === object) this.close(pipe);
  }

  /** Returns what is wrong with them. */
  private readOptions(pipe: EspObject, options: Value): string | undefined {
    const { engine } = this.machine;
    const isGiven = options instanceof EspObject;
    const option = (name: string) => (isGiven ? options.props?.get(name) : undefined);
    const complete = option("complete");
    if (complete !== undefined) engine.set(pipe, "#oncomplete", complete);
    const size = option("chunkSize");
    const isSize = typeof size === "number" && engine.int(size) > 0;
    const end = option("end");
    engine.set(pipe, "chunkSize", isSize ? engine.int(size) : CHUNK_BYTES);
    engine.set(pipe, "end", end === undefined || engine.truthy(end));
    if (options !== undefined && !isGiven) return "'options' must be an object, or undefined";
    return size === undefined || isSize ? undefined : "chunkSize must be an integer > 0";
  }

  private listen(object: Value, event: string, run: () => void): void {
    const { engine } = this.machine;
    const listener = native(event, () => {
      run();
      return undefined;
    });
    engine.call(engine.get(object, "on"), object, [event, listener]);
  }

  /** Call a method if there is one. */
  private call(object: Value, name: string, args: Value[]): Value {
    const { engine } = this.machine;
    const fn = method(engine, object, name);
    return engine.isFunction(fn) ? engine.call(fn, object, args) : undefined;
  }

  private stringStream(text: Value): Value {
    const { engine } = this.machine;
    const make = engine.evaluate(STRING_STREAM, { file: "" });
    return engine.call(make, undefined, [text]);
  }

  private lacks(what: string, name: string): string {
    return `${what} object does not implement the required ${name}(buffer, length) method`;
  }
}

/** A method without complaint about one that is not there. */
const method = (engine: Machine["engine"], object: Value, name: string): Value =>
  object instanceof EspObject && engine.has(object, name) ? engine.get(object, name) : undefined;
