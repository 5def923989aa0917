/** The engine's own API and what it adds to the language: strictness, budgets, interrupts. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EspInterrupt, EspThrow } from "../../../toolchain/emulator/engine/engine.ts";
import { recorder, thrownBy } from "./support.ts";

test("evaluate answers the value of the last statement", () => {
  const { engine } = recorder();
  assert.is(engine.evaluate("var a = 2; a * 21", { file: "" }), 42);
  assert.is(engine.evaluate("if (a) 7", { file: "" }), 7);
  assert.is(engine.evaluate("var b = 5", { file: "" }), 5);
  assert.is(engine.evaluate("for (;;) break;", { file: "" }), undefined);
});

test("an unknown member of a built-in throws, naming it, and is reported", () => {
  const { engine, missing } = recorder();
  assert.is(thrownBy(engine, "Math.trunc(1)"), "Error: Math.trunc does not exist in Espruino");
  assert.is(thrownBy(engine, "Array.from([])"), "Error: Array.from does not exist in Espruino");
  assert.is(
    thrownBy(engine, "[1].flat()"),
    "Error: Array.prototype.flat does not exist in Espruino",
  );
  assert.is(thrownBy(engine, "E.foo()"), "Error: E.foo does not exist in Espruino");
  assert.is(
    thrownBy(engine, "''.trimStart()"),
    "Error: String.prototype.trimStart does not exist in Espruino",
  );
  assert.equal(missing, [
    "Math.trunc",
    "Array.from",
    "Array.prototype.flat",
    "E.foo",
    "String.prototype.trimStart",
  ]);
});

test("tests for existence do not throw", () => {
  const { engine, missing } = recorder();
  const source = `var r = [typeof E.foo, "foo" in E, !E.foo];
    if (E.foo) r.push(1); E.foo && r.push(2); var x = E.foo || "or"; E.foo ? 1 : 2; r.push(x); r.join()`;
  assert.is(engine.evaluate(source, { file: "" }), "undefined,false,true,or");
  assert.equal(missing, []);
});

test("unknown members of ordinary objects are undefined", () => {
  const { engine } = recorder();
  assert.is(engine.evaluate("[({}).flat, [].custom, ''.custom].join()", { file: "" }), ",,");
});

test("without strictness unknown members of built-ins are undefined", () => {
  const { engine, missing } = recorder({ strict: false });
  assert.is(engine.evaluate("E.foo", { file: "" }), undefined);
  assert.equal(missing, []);
});

test("a library object refuses unknown members under its name", () => {
  const { engine } = recorder();
  engine.set(engine.global, "lib", engine.library("camera", { a: 1 }));
  assert.is(engine.evaluate("lib.a", { file: "" }), 1);
  assert.is(thrownBy(engine, "lib.b"), "Error: camera.b does not exist in Espruino");
});

test("native functions get this and arguments, and their faults show the call", () => {
  const { engine } = recorder();
  const fn = engine.nativeFunction("f", (self, [a, b]) => {
    if (b === undefined) throw engine.error("TypeError", "needs two");
    return engine.number(a) + engine.number(b) + (self === undefined ? 0 : 100);
  });
  engine.set(engine.global, "f", fn);
  assert.is(engine.evaluate("f(1,2)", { file: "" }), 3);
  assert.is(engine.evaluate("({f}).f(1,2)", { file: "" }), 103);
  try {
    engine.evaluate("var x = 1;\n  f(1);", { file: "", label: "[raw]" });
    assert.unreachable();
  } catch (thrown) {
    assert.instance(thrown, EspThrow);
    assert.is(
      engine.describeThrow(thrown as EspThrow),
      "Uncaught TypeError: needs two\n    at [raw] (:2:6)\n  f(1);\n     ^\n",
    );
  }
});

test("positions are those in the text of the function, also in flash", () => {
  const { engine } = recorder();
  engine.evaluate("var a=1;\nfunction f() {\n  return nope;\n}\n", {
    file: ".bootcde",
    isNative: true,
    label: "boot code",
  });
  try {
    engine.call(engine.get(engine.global, "f"), undefined, []);
    assert.unreachable();
  } catch (thrown) {
    const text = engine.describeThrow(thrown as EspThrow);
    assert.is(text, 'Uncaught ReferenceError: "nope" is not defined\n    at :1:1\nnope;\n^\n');
  }
});

test("the operation hook sees endless loops and its interrupt passes every try", () => {
  const { engine, output } = recorder();
  engine.operationHook = (operations) => {
    if (operations > 20_000) throw new EspInterrupt("Ctrl-C");
  };
  const message = thrownBy(
    engine,
    "try{while(true){}}catch(e){print('caught')}finally{print('final')}",
  );
  assert.is(message, "interrupt: Ctrl-C");
  assert.equal(output, []);
});

test("endless recursion ends as an interrupt no program can catch", () => {
  const { engine, output } = recorder();
  const message = thrownBy(engine, "function f(){return f()} try{f()}catch(e){print('caught')}");
  assert.match(message, /^interrupt: (Too much recursion|out of memory)/);
  assert.not.ok(output.includes("caught\n"));
  assert.is(engine.evaluate("1+1", { file: "" }), 2);
});

test("running out of memory prints, sets the flags and leaves what was stored", () => {
  const { engine, output } = recorder();
  const message = thrownBy(
    engine,
    "var a=[];try{for(;;)a.push('some longer text '+a.length)}catch(e){print('caught')}",
  );
  assert.is(message, "interrupt: out of memory");
  assert.ok(output[0]!.startsWith("OUT OF MEMORY\n    at REPL (:1:"));
  assert.equal([...engine.errorFlags].sort(), ["LOW_MEMORY", "MEMORY"]);
  const { usage, total } = engine.memory();
  assert.ok(usage > total * 0.9);
  engine.evaluate("a=undefined", { file: "" });
  assert.ok(engine.memory().usage < 200);
});

test("a queue of the board's takes over events", () => {
  const { engine, output } = recorder();
  const queue: (() => void)[] = [];
  engine.queueEvent = (run) => queue.push(run);
  engine.evaluate("var o={};o.on('a',x=>print(x));o.emit('a',5);print('now')", { file: "" });
  assert.equal(output, ["now\n"]);
  for (const run of queue) run();
  assert.equal(output, ["now\n", "5\n"]);
});

test("rejections nobody handles are handed over once", () => {
  const { engine } = recorder();
  engine.evaluate("Promise.reject('lost');Promise.reject('found').catch(x=>x)", { file: "" });
  engine.runMicrotasks();
  assert.equal(engine.unhandledRejections(), ["lost"]);
  assert.equal(engine.unhandledRejections(), []);
});

test("an exception in one job does not stop the others", () => {
  const { engine, output } = recorder();
  const seen: string[] = [];
  engine.onUncaught = (thrown) => seen.push(engine.text(thrown.value));
  engine.evaluate(
    "var o={};o.on('a',()=>{throw 'x'});o.emit('a');Promise.resolve().then(()=>print('ran'))",
    {
      file: "",
    },
  );
  engine.runMicrotasks();
  assert.equal(seen, ["x"]);
  assert.equal(output, ["ran\n"]);
});

test("modules have variables of their own", () => {
  const { engine } = recorder();
  const exported = engine.evaluateModule("var n=1;exports.next=function(){return ++n};", {
    file: "m",
  });
  engine.set(engine.global, "m", exported);
  assert.is(engine.evaluate("m.next()+m.next()", { file: "" }), 5);
  assert.is(engine.evaluate("typeof n", { file: "" }), "undefined");
  const replaced = engine.evaluateModule("module.exports=function(){return 7}", { file: "m" });
  assert.is(engine.call(replaced, undefined, []), 7);
});

test("bytesOf answers live bytes of buffers and copies of the rest", () => {
  const { engine } = recorder();
  const view = engine.evaluate("var u=new Uint8Array([1,2,3]);u.subarray(1)", { file: "" });
  const bytes = engine.bytesOf(view)!;
  bytes[0] = 9;
  assert.is(engine.evaluate("u[1]", { file: "" }), 9);
  assert.equal([...engine.bytesOf("\x01\xff")!], [1, 255]);
  assert.equal([...engine.bytesOf(engine.array([1, 257]))!], [1, 1]);
  assert.is(engine.bytesOf(5), undefined);
});

test("strings stay byte strings", () => {
  const { engine } = recorder();
  const result = engine.evaluate(
    '"\\u20ac".charCodeAt(0)+","+String.fromCharCode(300).charCodeAt(0)',
    { file: "" },
  );
  assert.is(result, "172,44");
});

test.run();
