/** The check of final bytes on its own: short scripts in, rules out. Also the places it names. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BOARDS } from "../../toolchain/bundle/builtins.ts";
import { checkDialect } from "../../toolchain/bundle/dialect.ts";

const REFUSED: [code: string, rule: string][] = [
  ["let a=1;", "syntax"],
  ["var f=function*(){};", "syntax"],
  ["var f=async function(){};", "syntax"],
  ["var a=[...b];", "syntax"],
  ["o:for(;;)break o;", "syntax"],
  ["var a={[b]:1};", "syntax"],
  ["function f(){return new.target}", "syntax"],
  ["print('\u00e9');", "ascii"],
  ["print('\\u20ac');", "literal"],
  ["f();function f(){}", "order"],
  ["(function(){g();var h=1;function g(){h=2}print(h)})();", "order"],
  ["(function(a){if(a)var b=1;print(b)})();", "order"],
  ["if(1){function f(){}}", "order"],
  ["(function(){switch(1){default:print(1);break;case 1:print(2)}})();", "default-last"],
  ["var of=1;print(of);", "name"],
  ["if(1)/a/.test('a')&&print(1);", "lexer"],
  ["(function(a){print(a++/2)})(4);", "lexer"],
  ["(function(a){if(a)print(1);return})(4);", "lexer"],
  ["print([1,,2]);", "lexer"],
  ["print(/[/]/.test('/'));", "regexp"],
  ["print(/a.+/.test('a'));", "regexp"],
  ["x=1;", "global"],
  ["print(window);", "global"],
  ["require('nope');", "module"],
  ["[1].flatMap(print);", "builtin"],
  ["var a=[1];a.lastIndexOf(1);", "builtin"],
  ["'a'.search('b');", "builtin"],
  ["Math.trunc(1);", "builtin"],
  ["Array.prototype.slice.call([]);", "builtin"],
  ["var a=[];a.length=0;", "length"],
  ["print('a' instanceof String);", "instanceof"],
  ["print(", "syntax"],
];

const ACCEPTED = [
  "function f(){return g()}function g(){return 1}print(f());",
  "(function(){function g(){h=2}var h=1;g();print(h)})();",
  "(function(){for(var i=0;i<2;i++){var x=i;print(function(){return x}())}})();",
  "print(typeof window);",
  "print([].slice.call([1]),Object.prototype.hasOwnProperty.call({},'a'));",
  "print('a-b'.lastIndexOf('-'));",
  "var o={flatMap:function(){return 1}};print(o.flatMap());",
  "Array.prototype.flat=function(){return this};print([1].flat());",
  "(function(){switch(1){case 1:print(2);break;default:print(1)}})();",
  "require('camera');require('vision');require('model');require('Storage');",
  "(function(){function opt(m){try{return require(m)}catch(e){}}print(opt('http'),opt('Wifi'))})();",
  "setTimeout('require(\"Storage\").compact()',0);",
  "if(1)(/a/).test('a')&&print(1);",
  "print({default:1,delete:2}.default);",
];

for (const [code, rule] of REFUSED) {
  test(`refuses ${code}`, () => {
    const rules = checkDialect(code).map((finding) => finding.rule);
    assert.ok(rules.includes(rule), `rules: ${rules.join(", ") || "none"}`);
  });
}

for (const code of ACCEPTED) {
  test(`accepts ${code}`, () => {
    assert.equal(
      checkDialect(code).map(({ message }) => message),
      [],
    );
  });
}

test("names the place in the bundle when there is no source map", () => {
  const [finding] = checkDialect("print(1);\n  Math.trunc(1);", { file: "app.js" });
  assert.is(finding?.file, "app.js");
  assert.is(finding?.line, 2);
  assert.is(finding?.column, 8);
});

test("names the place in the source through the map", () => {
  // One segment: column 0 of the bundle is line 7, column 5 of the source.
  const map = { sources: ["app.ts"], mappings: "AAMI" };
  const [finding] = checkDialect("Math.trunc(1);", { map });
  assert.equal([finding?.file, finding?.line, finding?.column], ["app.ts", 7, 5]);
});

test("knows the modules of a board", () => {
  assert.is(checkDialect("require('tls');", { board: BOARDS.esp32s3 }).length, 0);
  assert.is(checkDialect("require('tls');", { board: BOARDS.esp32 }).length, 1);
});

test.run();
