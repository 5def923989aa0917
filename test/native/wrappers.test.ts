/**
 * The JavaScript face of the extension is written down twice: in the JSON blocks from which Espruino's build makes its
 * function table, and in device/espruino/native-modules.ts against which the device code is type-checked. They agree.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "../support/skip.ts";

const FOLDER = join(ROOT, "native/espruino");
const FACE = join(ROOT, "device/espruino/native-modules.ts");
/** Espruino packs the kinds of a function's parameters into 16 bits (scripts/build_jswrapper.py). */
const PARAMETERS_MAX = 4;

interface Block {
  type: string;
  class?: string;
  name?: string;
  generate?: string;
  params?: [name: string, kind: string, about: string][];
  return?: [kind: string, about: string];
  typescript?: string;
}

/** As Espruino's scripts/common.py reads them: the JSON ends at the first line that begins with a brace. */
function blocksOf(file: string): { block: Block; words: string }[] {
  const source = readFileSync(join(FOLDER, file), "utf8");
  return [...source.matchAll(/\/\*JSON(.*?)\*\//gs)].map(([, text = ""]) => {
    const end = text.indexOf("\n}") + 2;
    return { block: JSON.parse(text.slice(0, end)) as Block, words: text.slice(end).trim() };
  });
}

const FILES = readdirSync(FOLDER).filter((name) => /^jswrap_\w+\.c$/.test(name));
const BLOCKS = FILES.flatMap((file) => blocksOf(file).map((found) => ({ file, ...found })));
const FUNCTIONS = BLOCKS.filter(({ block }) => block.type === "staticmethod");

/** Functions of the interfaces, "camera" for CameraModule: each as TypeScript prints it, without comments. */
function faces(): Map<string, Map<string, string>> {
  const source = ts.createSourceFile(
    FACE,
    readFileSync(FACE, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const printer = ts.createPrinter({ removeComments: true });
  const found = new Map<string, Map<string, string>>();
  for (const statement of source.statements) {
    const module =
      ts.isInterfaceDeclaration(statement) && /^(\w+)Module$/.exec(statement.name.text);
    if (!module) continue;
    const functions = new Map<string, string>();
    for (const member of statement.members) {
      assert.ok(ts.isMethodSignature(member), member.getText());
      const text = printer.printNode(ts.EmitHint.Unspecified, member, source);
      functions.set(member.name.getText(), inOneLine(text));
    }
    found.set((module[1] as string).toLowerCase(), functions);
  }
  return found;
}

const inOneLine = (text: string) => text.replace(/\s+/g, " ").replace(/; }/g, " }").trim();

const parameterNames = (signature: string) => {
  const source = ts.createSourceFile(
    "face.ts",
    `interface Face { ${signature} }`,
    ts.ScriptTarget.Latest,
    true,
  );
  const [face] = source.statements as unknown as [ts.InterfaceDeclaration];
  const [method] = face.members as unknown as [ts.MethodSignature];
  return method.parameters.map((parameter) => parameter.name.getText());
};

test("every module of the face has its wrappers, and the reverse", () => {
  const modules = BLOCKS.filter(({ block }) => block.type === "library").map(
    ({ block }) => block.class,
  );
  assert.equal(modules.sort(), [...faces().keys()].sort());
});

test("every function has the signature of the face", () => {
  const wrapped = new Map<string, string[]>();
  for (const { block } of FUNCTIONS) {
    const names = wrapped.get(block.class as string) ?? [];
    wrapped.set(block.class as string, [...names, block.name as string]);
    const wanted = faces()
      .get(block.class as string)
      ?.get(block.name as string);
    assert.is(inOneLine(block.typescript ?? ""), wanted, `${block.class}.${block.name}`);
  }
  for (const [module, functions] of faces())
    assert.equal((wrapped.get(module) ?? []).sort(), [...functions.keys()].sort(), module);
});

test("parameters have the names and the order of the face", () => {
  for (const { block } of FUNCTIONS) {
    const params = block.params ?? [];
    const isList = params.length === 1 && params[0]?.[1] === "JsVarArray";
    const names = isList ? (params[0]?.[2] ?? "").split(", ") : params.map(([name]) => name);
    const where = `${block.class}.${block.name}`;
    assert.equal(names, parameterNames(block.typescript as string), where);
    assert.ok(params.length <= PARAMETERS_MAX, where);
    assert.is("return" in block, !/: void;$/.test(block.typescript as string), where);
  }
});

test("every block names a function that its header declares and its file defines", () => {
  for (const { file, block } of BLOCKS) {
    if (!block.generate) continue;
    const word = new RegExp(`\\b${block.generate}\\(`);
    assert.match(readFileSync(join(FOLDER, file.replace(/c$/, "h")), "utf8"), word);
    assert.match(readFileSync(join(FOLDER, file), "utf8"), word);
  }
});

test("every function is explained, and shown in native/README.md by an example", () => {
  const guide = readFileSync(join(ROOT, "native/README.md"), "utf8");
  for (const { block, words } of FUNCTIONS) {
    const where = `${block.class}.${block.name}`;
    assert.ok(words.length > 0, `${where} has no words`);
    assert.match(
      guide,
      new RegExp(`\\b${block.class}\\.${block.name}\\(`),
      `${where} has no example`,
    );
  }
});

test.run();
