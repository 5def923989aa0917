/**
 * Small programs for every row of the language facts (Espruino 2v29). What they print was recorded from
 * the real interpreter into language-expected.json by record-language.ts; the engine must print the same.
 * Text is plain ASCII; each case runs in a fresh interpreter.
 */

const raw = String.raw;
const attempt = (lines: string[]): string =>
  lines.map((line) => `try { ${line} } catch(e) { print(e.message || e); }`).join("\n");

export const LANGUAGE_CASES: Record<string, string> = {
  // ---- syntax
  "spread and rest are refused": attempt([
    "print(...[1])",
    "[...[1]]",
    "({...{}})",
    "(function(...a){})()",
  ]),
  "default parameters are refused": attempt(["eval('(function(a=1){})()')"]),
  "destructuring is refused": attempt(["eval('var {a}={a:1}')", "eval('var [q]=[1]')"]),
  "computed keys are refused": attempt(["eval('var k=1;({[k]:1})')"]),
  "async and generators are unknown words": attempt([
    "eval('async function f(){}')",
    "eval('function* g(){}')",
  ]),
  "optional chaining and power are refused": attempt(["eval('var o={};o?.a')", "eval('2**3')"]),
  "nullish coalescing works, its assignment does not": `print(null??1, 0??1, undefined??"d");\n${attempt(["eval('var a;a??=1')", "eval('var b;b||=1')"])}`,
  "number literals":
    "print(1_000, 0b101, 0o17, 0xff, 017, 08, 1e3, .5, 5., 0x7fffffff, 0xffffffff);",
  "long literals overflow": "print(12345678901234567890, 9007199254740993, 4294967296);",
  "labels are unknown names": attempt(["eval('o: for(;;) break o;')"]),
  "finally runs on return and continue":
    "function f(){try{return 1}finally{print('fin')}}print(f());for(var i=0;i<2;i++){try{continue}finally{print(i)}}",
  "return in finally":
    "function f(){try{return 1}finally{return 2}}print(f());function g(){try{}finally{return 5}return 6}print(g());",
  "a throw in finally is lost": "function f(){try{return 1}finally{throw 'x'}}print(f());",
  "catch without binding": "try{throw 1}catch{print('caught')}",
  "nested rethrow": "try{try{throw 'a'}catch(e){throw e+'b'}finally{print('f')}}catch(e){print(e)}",
  "switch falls through":
    "function s(x){switch(x){case 1:print('one');case 2:print('two');break;case 3:print('three');default:print('def')}}s(1);s(2);s(3);s(9);",
  "case after default is refused": attempt(["eval('switch(5){default:print(1);case 2:print(2)}')"]),
  "continue inside a switch in a loop": "for(var i=0;i<3;i++){switch(i){case 1:continue;}print(i)}",
  "return inside a switch":
    "function f(x){switch(x){case 1:return 'a';default:return 'b'}}print(f(1),f(2));",
  "case tests compare strictly":
    "switch('1'){case 1:print('number');break;case '1':print('string')}",
  "no hoisting of functions": attempt(["f(); function f(){print('hoisted')}", "print(typeof f)"]),
  "no hoisting of variables": attempt(["print(v)", "var v=1;print(v)"]),
  "inner variables come into being when executed":
    "var x='outer';function f(){print(x);var x='inner';print(x)}f();print(x);",
  "mutual recursion after definition":
    "function a(n){return n?b(n-1):'a'}function b(n){return n?a(n-1):'b'}print(a(3),a(4));",
  "let and const are block scoped": `{let q=1;const w=2;print(q,w)}${attempt(["print(q)", "print(w)"])}`,
  "const refuses assignment": attempt([
    "const c=1;c=2",
    "const d=1;d++",
    "(function(){const e=1;e=2})()",
  ]),
  "one binding for all turns of a for":
    "var f=[];for(let i=0;i<3;i++)f.push(()=>i);print(f.map(g=>g()));",
  "one binding for all turns of for-of":
    "var f=[];for(let i of [5,6,7])f.push(()=>i);print(f.map(g=>g()));",
  "a copy inside the body is per turn":
    "var f=[];for(let i=0;i<3;i++){let j=i;f.push(()=>j)}print(f.map(g=>g()));",
  "arrow functions keep this": "var o={v:1,f:function(){return (()=>this.v)()}};print(o.f());",
  "arguments of an arrow are its own":
    "function f(){return (()=>arguments.length)()}print(f(1,2,3));",
  "arguments are at least the named ones":
    "print((function(a,b){return arguments.length})(1),(function(a){a=9;return arguments})(1,2));",
  classes:
    "class A{constructor(x){this.x=x}m(){return this.x}static s(){return 's'}get g(){return this.x*2}set g(v){this.x=v}}var a=new A(3);print(a.m(),A.s(),a.g);a.g=5;print(a.x,a instanceof A);",
  "class inheritance":
    "class A{constructor(x){this.x=x}m(){return 'A'+this.x}}class B extends A{constructor(){super(4);this.y=1}m(){return 'B'+super.m()}}var b=new B();print(b.m(),b.x,b.y,b instanceof A);class C extends A{}print(new C(7).m());",
  "statics are not inherited": "class A{static s(){return 1}}class B extends A{}print(B.s);",
  "class fields need a value": attempt([
    "class A{x=1;z=[1]}print(new A().x,new A().z)",
    "eval('class B{y;}')",
  ]),
  "a class can be called without new": "class A{constructor(){this.q=1}}A();print(q);",
  "an object returned by a constructor replaces this":
    "class A{constructor(){return {z:1}}}print(new A().z);",
  "extending built-ins fails": attempt([
    "class E2 extends Error{constructor(){super('x')}};new E2()",
    "class L extends Array{};new L().push(1)",
  ]),
  "class expressions":
    "var K=class{m(){return 1}};print(new K().m());var L=class N{static z=5};print(L.z);",
  "template literals": "var a=1;print(`x${a}y${a+1}z`, `a${`b${a}`}c`, `two\nlines`, `$1 ${'{'}`);",
  "tagged templates are refused": attempt(["eval('print`x`')", "eval('print`x${1}`')"]),
  "getters and setters in literals":
    "var o={_v:1,get v(){return this._v},set v(x){this._v=x*2}};o.v=5;print(o.v,o);",
  "method shorthand and shorthand properties":
    "var a=1,o={a,m(x){return x+a},'s t':2,3:4};print(o,o.m(2));",
  "trailing commas": "print([1,2,].length,{a:1,},(function(a,b,){return a+b})(1,2,));",
  "array holes":
    "var a=[1,,3];print(a,a.length,1 in a,Object.keys(a));a.forEach((x,i)=>print(i,x));",
  defineProperty: attempt([
    "var o={};Object.defineProperty(o,'x',{value:1,writable:false});print(o.x,Object.keys(o));o.x=2",
    "var p={};Object.defineProperty(p,'y',{get:function(){return 7}});print(p.y)",
  ]),
  "for-of over everything":
    "for(var x of [1,2])print(x);for(x of 'ab')print(x);for(x of new Uint8Array([3]))print(x);for(x of {p:8,q:9})print(x);for(x of undefined)print('no');",
  "for-of over a number fails": attempt(["for(var x of 5)print(x)", "for(var x of null)print(x)"]),
  "for-in includes what is inherited":
    "function F(){this.a=1}F.prototype.b=2;for(var k in new F())print(k);for(k in [7,8])print(k,typeof k);for(k in 'ab')print(k);",
  "elements added during iteration are visited":
    "var a=[1,2];a.forEach(x=>{if(a.length<4)a.push(x+10)});print(a);for(var x of a)if(a.length<6)a.push(0);print(a.length);",
  "return takes the next line": "function f(){return\n5}print(f());",
  "comma, void, delete, in, instanceof":
    "var o={a:1};print((1,2),void 0,delete o.a,o,'a' in o,[] instanceof Array,[] instanceof Object,new Date() instanceof Date);",
  "assigning an array's length fails": attempt(["[1,2].length=0"]),
  "strings cannot be changed": attempt([
    "var s='abc';s[0]='x'",
    "var t='abc';t.foo=1;print(t.foo)",
  ]),
  "unknown properties": attempt([
    "print(''.foo,(5).foo,new Uint8Array(1).foo,[].foo)",
    "''['foo']",
    "new Uint8Array(1)[-1]",
    "new Uint8Array(1)['x']=1",
    "null.x",
    "undefined.x",
    "null['x']",
    "var n=5;n.x=1",
  ]),
  "calling what is no function": attempt([
    "nope()",
    "({}).nope()",
    "(5)()",
    "(void 0)()",
    "[1][0]()",
    "new 5",
    "var q={};q.a.b()",
  ]),
  "names are cut at 63 characters":
    "var aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345=1;aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12399=2;print(aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345);",
  "mistakes show only when reached":
    "if(0){ this is not javascript ) ( }print('fine');function f(){ neither is this }print('still');try{f()}catch(e){print(e.message)}",
  "syntax errors": attempt([
    "eval('1+')",
    "eval('var')",
    "eval('f(1')",
    "eval('({a:1;})')",
    "eval('[1,2')",
    "eval('if(')",
    "eval('\"abc')",
    "eval('1 2')",
    "eval(')')",
    "eval('x=')",
  ]),
  "strings escapes": raw`print("a\tb\x41\u0042\101\0".length, "\u20ac".charCodeAt(0), "a\
b", '\'"');`,
  "bad escapes": attempt([raw`eval('"\\u{41}"')`, raw`eval('"\\xg1"')`]),
  comments: "print(1/*a*/+/*b*/2);// end\n/* multi\nline */print(3);",
  "regular expression or division": "var a=8,g=2;print(a/2/g, (a)/2, [8][0]/2, /=/.test('='));",
  "assignment through a short cut": "var a=1,b=2;a==1 && b=5;print(b);",
  "prefix increment joins text": "var s='5';print(++s, s);var t='5';print(t++, t);",
  "compound assignments":
    "var a=5;a+=1;a-=2;a*=3;a/=2;a%=4;a<<=3;a|=1;a^=3;a&=30;a>>=1;a>>>=1;print(a);var s='x';s+=1;s+=[2];print(s);",
  "declared functions keep their identity":
    "function f(){return 1}var g=f;function f(){return 2}print(g(),f===g);",
  "this at the top and in functions": "print(this===global,(function(){return this===global})());",
  closures:
    "function mk(){var c=0;return {inc:function(){return ++c},get:()=>c}}var a=mk(),b=mk();a.inc();a.inc();b.inc();print(a.get(),b.get());",
  "recursion and named expressions":
    "var f=function fact(n){return n<2?1:n*fact(n-1)};print(f(10));",
  "eval sees local variables":
    "function f(a){var b=2;eval('var c=a+b');return c}print(f(1));print(eval('1;2;3'),eval('if(1)7'),eval('var z=4'));",
  "Function from text": "var f=new Function('a','b','return a*b');print(f(3,4),f);",
  "default of undeclared assignment is global": "function f(){q1=5}f();print(q1,global.q1);",
  "with undefined members": "print(({a:undefined}).a,[undefined][0],typeof undefinedName);",
  "sort of exotic loops":
    "var i=0;do{i++}while(i<3);print(i);for(;;){if(++i>5)break}print(i);while(i-->3);print(i);var o={};for(o.k in {x:1})print(o.k);",

  // ---- operators and conversions
  "integers promote to doubles":
    "print(2147483647+1,-2147483648-1,46341*46341,65536*65536,1<<31,1<<32,-1>>>0,5000000000|0,1e20|0,~~3.7);",
  "no negative zero": "print(-0,1/-0,0*-5,-1*0,Math.round(-0.2));",
  remainders: "print(7%3,-7%3,7%-3,5.5%2,-5.5%2,5%0,0%5);",
  equality: `print(""==0,"0"==false,[1]==1,null==undefined,null==0,"a"==["a"],NaN==NaN,"1"==1,true==1,undefined==0,({})=="[object Object]");`,
  "strict equality": `var a=[],u=new Uint8Array(1);print(1===1.0,"1"===1,a===a,[]===[],null===null,undefined===null,print===print,u===u);`,
  comparisons: `print("b">"a","10"<9,"10"<"9",null>=0,undefined<1,[2]>1,"abc"<"abd",true>false);`,
  addition: `print(1+"2","3"+4,null+1,true+1,undefined+1,[1]+[2],{}+"x",1+null,"a"+undefined,1+[2]);`,
  "arithmetic on text": `print("5"*"6","3"-1,"a"*1,"0x10"*1,"010"*1," 5 "*1,""*1,[5]*2,null*5);`,
  "unary plus and Number": `print(+"",+"12",+"abc",+" 12",+[],+[5],+[1,2],+{},+null,+true,Number(" 12 "),Number("1e3"),Number("12px"),Number(),Number([7]));`,
  "bit operators on text": `print("12"|0,"12.7"|0,"0x1f"|0,"abc"|0,[3]|0,null|0,undefined|0,3.9|0,-3.9|0);`,
  "text of values": `print(""+[1,[2,3]],""+{},""+[null,undefined],""+function(a,b){return a+b;},""+print,""+true,""+null);`,
  typeof:
    "print(typeof null,typeof [],typeof print,typeof Uint8Array,typeof 1,typeof 's',typeof undefined,typeof new Uint8Array(1),typeof true,typeof Math);",
  truth: `print(!!"",!!"0",!![],!!{},!!0,!!NaN,!!null,!!-1,!!new Uint8Array(0));`,
  "valueOf and toString":
    "var o={valueOf:function(){return 5},toString:function(){return 'T'}};print(o+1,o*2,''+o,o>4,[o]+'',`${o}`);",
  "in operator": attempt([
    "print('a' in {a:1},0 in [5],1 in [5],'length' in [],'x' in 'abc')",
    "1 in null",
    "5 instanceof 5",
  ]),

  // ---- numbers
  "numbers as text":
    "print(1/3,0.1+0.2,1e-7,1e21,5e-324,123.456,1e5,1.5,0.000001,100,-1.25,1e10,1234567.125);",
  toFixed:
    "print((1.45).toFixed(1),(-1.5).toFixed(0),(1.005).toFixed(2),(0).toFixed(3),(123.456).toFixed(),(2.5).toFixed(0));",
  radix:
    "print((255).toString(16),(255).toString(2),(-10).toString(3),(35).toString(36),(0.5).toString(2));",
  "Math.round":
    "print(Math.round(-2.5),Math.round(2.5),Math.round(1.4),Math.round(-1.6),Math.round(NaN));",
  "Math.max and min": `print(Math.max(1,NaN),Math.min(1,"x"),Math.max(),Math.min(),Math.max(1,"5",3));`,
  "Math functions":
    "print(Math.floor(-1.5),Math.ceil(1.2),Math.abs(-3),Math.sign(-2),Math.pow(2,10),Math.wrap(370,360),Math.clip(5,1,3),Math.sqrt(16),Math.PI);",
  "parseInt and parseFloat": `print(parseInt("12abc"),parseInt("0x1F"),parseInt("z",36),parseInt(""),parseInt("-7.9"),parseInt("101",2),parseFloat("1.5e3x"),parseFloat("."),parseFloat("Infinity"));`,
  "isNaN and isFinite": `print(isNaN("a"),isNaN("1"),isNaN(undefined),isNaN({}),isFinite("5"),isFinite(1/0),isNaN(""));`,

  // ---- objects and arrays
  "keys keep their order": "var o={b:1,2:1,a:1,1:1};o.c=1;o[0]=1;print(Object.keys(o),o);",
  "named keys of arrays":
    "var a=[1];a.x=2;a[-1]=3;a[2]=4;print(a,a.length,Object.keys(a),JSON.stringify(a));",
  "array methods":
    "var a=[3,1,2];print(a.push(4,5),a.pop(),a.shift(),a.unshift(9,8),a.slice(1,-1),a.splice(1,2,'x'),a,a.reverse(),a.concat([1],2),a.indexOf(1),a.includes(4),a.join('-'));",
  "array callbacks":
    "var a=[1,2,3];print(a.map(x=>x*2),a.filter(x=>x>1),a.find(x=>x>1),a.findIndex(x=>x>5),a.some(x=>x>2),a.every(x=>x>2),a.reduce((p,x)=>p+x,10),a.fill(7,1));",
  "callbacks refuse what is no function": attempt([
    "[1].map(5)",
    "[].reduce(x=>x)",
    "[1].forEach()",
  ]),
  "sparse arrays":
    "var a=new Array(3);print(a,a.length,0 in a);a[5]=1;print(a,a.length);print([,1,,2].map(x=>x));",
  "array constructor": attempt([
    "print(Array(3),Array(1,2),new Array('x'))",
    "new Array(-1)",
    "new Array(1.5)",
  ]),
  "default sort is by text":
    "print([10,9,1].sort(),['b',undefined,'a'].sort(),[3,1,2].sort((a,b)=>b-a));",
  "sort is not stable":
    "var a=[];for(var i=0;i<40;i++)a.push({k:i%4,i:i});a.sort((x,y)=>x.k-y.k);print(a.map(x=>x.i).join());",
  "delete of elements": "var a=[1,2,3];delete a[1];print(a,a.length,1 in a);",
  "slice of arguments":
    "function f(){return [].slice.call(arguments,1)}print(f(1,2,3));print(typeof Array.prototype.slice);",
  "Object statics":
    "var o={a:1,b:2};print(Object.keys(o),Object.values(o),Object.entries(o),Object.assign({z:0},o,null),Object.fromEntries([['q',1]]));",
  "Object.create": attempt([
    "var p={x:1},o=Object.create(p);print(o.x,Object.keys(o),Object.getPrototypeOf(o)===p)",
    "Object.create(5)",
  ]),
  "property descriptors":
    "print(Object.getOwnPropertyDescriptor({a:1},'a'));print(Object.getOwnPropertyDescriptor({get b(){return 1}},'b').value);",
  hasOwnProperty:
    "var o={a:1};print(o.hasOwnProperty('a'),o.hasOwnProperty('b'),Object.prototype.hasOwnProperty.call(o,'a'),[1].hasOwnProperty(0));",
  prototypes:
    "function F(){}F.prototype.m=function(){return 1};var f=new F();print(f.m(),f.constructor===F,f.__proto__===F.prototype,F.prototype.constructor===F);Array.prototype.last=function(){return this[this.length-1]};print([1,2].last());String.prototype.x2=function(){return this+this};print('ab'.x2());Object.prototype.zz=5;print(({}).zz,[].zz);",
  "Function methods":
    "function f(a,b){return [this.v,a,b]}print(f.call({v:1},2,3),f.apply({v:1},[4,5]),f.bind({v:9},7)(8),f.length);function g(){return 1}g.replaceWith(()=>2);print(g());",
  "global object": "var gg=1;print(global.gg,global['gg'],'gg' in global);global.hh=2;print(hh);",
  "clone and Object()":
    "var a=[1,{x:1}],b=a.clone();b[0]=2;print(a,b,a[1]===b[1]);print(Object(5),new Object());",
  "Boolean and String":
    "print(Boolean(''),new Boolean(1),String(5),String(),String(null),String([1,2]));",

  // ---- strings
  "string methods": `var s="Hello World";print(s.charAt(1),s.charCodeAt(0),s.indexOf("o"),s.lastIndexOf("o"),s.substr(-5,3),s.substring(3,1),s.slice(-3,-1),s.split("o"),s.toUpperCase(),s.toLowerCase(),s.startsWith("He"),s.endsWith("ld"),s.includes("lo W"),s.repeat(2),s.concat("!",1));`,
  "more string methods": `print(" a b ".trim()+"|","5".padStart(3,"0"),"5".padEnd(3),"a-b-c".replace("-","+"),"a-b-c".replaceAll("-","+"),"abc".split(""),"".split(","),"a,b".split(),"abc"[1],"abc"[9],"abc".charAt(9)+"|","x".charCodeAt(5));`,
  "string search edge cases": `print("abc".indexOf(""),"abc".indexOf("c",5),"abc".lastIndexOf("a",-1),"".indexOf(""),"abc".substr(1),"abc".substr(5),"abc".slice(2,1),"aXbX".lastIndexOf("X",2));`,
  "fromCharCode keeps the low byte":
    "print(String.fromCharCode(65,66),String.fromCharCode(300).charCodeAt(0),String.fromCharCode(256).length);",
  "base64 and URIs": `print(btoa("Hello"),atob("SGVsbG8="),atob(btoa("ab")),encodeURIComponent("a b&c/d"),decodeURIComponent("a%20b"));`,
  "byte strings": raw`var s="\xe9\xff";print(s.length,s.charCodeAt(0),JSON.stringify(s),[s],encodeURIComponent(s));`,
  "removeAccents and odd repeats": attempt([
    raw`print("\xe9\xc0\xdf".removeAccents())`,
    "print('ab'.repeat(0)+'|')",
    "'a'.repeat(-1)",
  ]),

  // ---- regular expressions
  "regexp that works": raw`print(/a.c/.exec("xabc"),/\d+/.exec("ab123"),/[a-c]+/.exec("xxabcx"),/^a/.test("ba"),/a$/.test("ba"),/(\w+) (\w+)/.exec("hello world"),"a1b2".match(/\d/g),/x/i.test("X"));`,
  "regexp alternatives": raw`print(/ab|cd/.exec("xcd"),/(ab|cd)e/.exec("cde"),/cat|dog/.test("hotdog"));`,
  "regexp holes": raw`print(/-?\d+/.exec("-5"),/colou?r/.exec("color"),/a{2}/.exec("aa"),/\bfoo/.exec("foo"),/(?:a)b/.exec("ab"),/(ab)+/.exec("abab"),/a*?b/.exec("aab"));`,
  "regexp state": raw`var r=/a/g;print(r.exec("aXa").index,r.lastIndex,r.exec("aXa").index,r.exec("aXa"),r.lastIndex);print(r.source,r.flags);`,
  "regexp replace and split": raw`print("aXbX".replace(/X/g,"-"),"abc".replace(/(b)/,"[$1]"),"a1b22c".split(/\d+/),"abc".replace(/b/,x=>x.toUpperCase()),"xay".replace("a",function(){return 1}).length);`,
  "regexp refuses": attempt([raw`/(a)\1/.exec("aa")`, "/[a/.exec('a')", "new RegExp(5)"]),
  "regexp as text": raw`print(""+/x/,JSON.stringify(/x/g),new RegExp("a+","i").test("AA"),/a$/.exec("ba"));`,

  // ---- JSON and printing
  "JSON.stringify": `print(JSON.stringify({a:1,b:[1,"x",null,undefined,function(){}],c:undefined,d:function(){},e:NaN,f:true,g:{}}));print(JSON.stringify([1/3,1e21,new Uint8Array([1,2]),new ArrayBuffer(2),/a/]));print(JSON.stringify(undefined),JSON.stringify("a\\"b\\n"),JSON.stringify({toJSON:function(){return 5}}));`,
  "JSON.stringify with spaces": `print(JSON.stringify({a:1,b:[1,2],c:{}},0,2));print(JSON.stringify([1,{x:1}],0,"--"));`,
  "JSON of circles":
    "var o={a:1};o.me=o;print(JSON.stringify(o));var a=[1];a.push(a);print(JSON.stringify(a));",
  "JSON.parse": `print(JSON.parse('{"a":[1,2,{"b":null}],"c":"x\\\\n","d":-1.5,"e":true}'));print(JSON.parse("[1,2,]"),JSON.parse("'single'"),JSON.parse("007"),JSON.parse('5 trailing'));`,
  "JSON.parse refuses": attempt([
    "JSON.parse('{a:1}')",
    "JSON.parse('')",
    "JSON.parse('[1')",
    "JSON.parse('{\"a\" 1}')",
    "JSON.parse('nope')",
  ]),
  "printing nested objects": `print({a:1,b:[1]});print({a:{b:{c:1}}});print([[1,2],[3,4]]);print([{a:1},{b:2}]);print({a:1,b:2,c:3,d:4,e:5,f:6});print(["a","b"]);print([1,"a",2]);print({});print([]);print([undefined,null,true]);`,
  "printing functions and classes":
    "print(function(a){ return a });print([()=>1]);print({f(x){x}});class A{constructor(a){this.a=a}}print(A,new A(1),[new A(2)]);",
  "printing typed arrays":
    "print(new Uint8Array([1,2]),new Uint8Array(3),new Float32Array([1.5]),[new Uint8Array([1])],new ArrayBuffer(2),new Uint8Array([1]).buffer);",
  "printing several values": `print("a",1,[1],undefined,null);console.log("x %d",5);print();print("");`,
  "printing errors and dates": "print(new Error('x'),[new TypeError('y')].length,new Date(0),/a/);",
  "E.toJS": raw`print(E.toJS({a:1,"b c":[1,"x\xff"],f:function(a){return a},u:undefined}),E.toJS("q\n"),E.toJS([undefined]));`,

  // ---- typed arrays
  "typed array construction": attempt([
    "print(new Uint8Array([1,256,-1]),new Int16Array(2),new Uint16Array(new Uint8Array([1,2,3,4]).buffer),new Uint24Array([0x1234567]))",
    "new Uint8Array('str')",
    "new Uint8Array(-1)",
    "new Uint8Array(new ArrayBuffer(4),70000)",
  ]),
  "typed array elements":
    "var u=new Uint8Array(2);u[0]=300;u[5]=1;u[1]=-1;print(u,u[5],u.length,u.byteLength,u.byteOffset);var c=new Uint8ClampedArray(3);c[0]=300;c[1]=-5;c[2]=1.6;print(c);var f=new Float32Array(1);f[0]=0.1;print(f[0]);var i=new Int8Array([200]);print(i);",
  "typed array methods":
    "var u=new Uint8Array([3,1,2]);print(u.slice(1),u.filter(x=>x>1),u.map(x=>x*2),u.subarray(1),u.join(),u.indexOf(2),u.sort(),u.reverse(),u.fill(9),u.reduce((a,b)=>a+b));u.set([5,6],2);print(u);",
  "views share bytes":
    "var b=new ArrayBuffer(8),u=new Uint8Array(b),w=new Uint32Array(b);w[1]=0x01020304;print(u,w,new Uint8Array(b,4,2),new Uint16Array(b,2));",
  "overlapping set": "var u=new Uint8Array([1,2,3,4]);u.set(u.subarray(0,3),1);print(u);",
  DataView:
    "var d=new DataView(new ArrayBuffer(8));d.setUint16(0,0x1234);d.setInt8(2,-1);d.setFloat32(4,1.5,true);print(d.getUint8(0),d.getUint16(0,true),d.getInt8(2),d.getFloat32(4,true),d.getUint32(0));",
  "E.toString and friends":
    "print(E.toString([72,105]),E.toUint8Array(1,[2,3],{data:4,count:3}),E.toArrayBuffer('ab').byteLength,new Uint8Array(E.toArrayBuffer('ab')));",
  "E numeric helpers":
    "print(E.sum([1,2,3]),E.sum(new Uint8Array([4,5])),E.variance([1,2,3],2),E.convolve([1,2],[3,4],0),E.CRC32('123456789'),E.clip(5,1,3),E.reverseByte(1),E.HSBtoRGB(0.5,1,1,1));",
  "E.mapInPlace":
    "var a=new Uint8Array([0x12,0x34]),b=new Uint8Array(4);E.mapInPlace(a,b,undefined,4);print(b);E.mapInPlace(b,b,x=>x*2);print(b);E.mapInPlace(b,b,[9,8,7,6,5,4,3,2,1]);print(b);",
  "E.FFT": "var a=new Float32Array([1,0,0,0,1,0,0,0]);E.FFT(a);print(a);",

  // ---- dates
  dates:
    "var d=new Date(1577934245678);print(d.toISOString(),d.getFullYear(),d.getMonth(),d.getDate(),d.getDay(),d.getHours(),d.getMinutes(),d.getSeconds(),d.getMilliseconds(),d.toString(),d.toUTCString());",
  "date parsing": `print(Date.parse("2011-10-10T14:48:00"),Date.parse("2011-10-10T14:48:00.5Z"),Date.parse("Mon, 25 Dec 1995 13:30:00 GMT"),Date.parse("Aug 9, 1995"),Date.parse("2020-02-30"),Date.parse("2011-10-10T14:48:00+0200"));`,
  "date setters":
    "var d=new Date(2020,0,31,10,20,30,40);d.setMonth(1);print(d);d.setDate(1);print(d);d.setHours(25);print(d);d.setFullYear(1999,11,31);print(d,d.getTime());print(new Date(2000,12,1),new Date(1970,0,1).getTime());",
  "early and late dates":
    "print(new Date(-1),new Date(-86400001).toISOString(),new Date(253402300799999).toISOString(),new Date(2024,1,29));",

  // ---- errors and stacks
  "error objects":
    "var e=new TypeError('m');print(e.message,e.type,e.name,e instanceof TypeError,e instanceof Error,''+e,Object.keys(e));",
  "uncaught reference error": "var a=1;\n  print(nope);\nprint('never');",
  "uncaught in a function": "function f(x) {\n  return x.a.b;\n}\nfunction g() { f({}); }\ng();",
  "uncaught text": "throw 'just text';",
  "uncaught object": "throw {code:5};",
  "uncaught error made earlier": "var e=new Error('early');\nfunction f(){ throw e }\nf();",
  "stack of long lines":
    "var someLongVariableName = 12345 + 67890; var anotherLongVariableName = undefinedThing + 1; var c = 3;",
  "stack through callbacks": "try{[1].forEach(function(x){ x.y.z })}catch(e){print(e.stack)}",
  "stack through methods":
    "var o={f:function(){return this.g()},g:function(){null.x}};try{o.f()}catch(e){print(e.stack)}",
  "stack of eval and templates":
    "try{eval('1+nope')}catch(e){print(e.stack)}try{print(`a${nope.x}`)}catch(e){print(e.stack)}",
  "stack of constructors":
    "function F(){throw new Error('hi')}try{new F()}catch(e){print(e.stack)}class A{constructor(){this.x.y}}try{new A()}catch(e){print(e.stack)}",
  "stack of anonymous functions":
    "try{(function(a){ nope() })(1)}catch(e){print(e.stack)}var ar=x=>x.y.z;try{ar({})}catch(e){print(e.stack)}",
  "syntax error position": "try{\n  var z = {a:1;};\n}catch(e){print(e.stack)}",

  // ---- events and promises
  "emit is queued":
    "var o={};o.on('x',function(a,b){print('x',a,b,this===o)});o.emit('x',1,2);print('first');",
  listeners:
    "var o={},l=()=>print('l');o.on('a',l);o.on('a',()=>print('m'));o.removeListener('a',l);o.emit('a');o.on('b',l);o.removeAllListeners('b');o.emit('b');o.prependListener('a',()=>print('p'));print(Object.keys(o));",
  "listeners refuse": attempt([
    "({}).on(5,print)",
    "({}).on('a',5)",
    "'s'.on('a',print)",
    "({}).emit('a',1,2,3,4,5)",
  ]),
  "promises run in order":
    "Promise.resolve(1).then(v=>{print('p',v);return 2}).then(v=>print('p',v));Promise.resolve(5).then(v=>print('q',v));print('sync');",
  "promise chains and errors":
    "Promise.reject('bad').catch(e=>{print('caught',e);return 'ok'}).then(v=>print(v));new Promise(function(r,j){j('no')}).then(print,e=>print('rejected',e));new Promise(function(r){throw 'thrown'}).catch(e=>print(e));",
  "promise all":
    "Promise.all([1,Promise.resolve(2),new Promise(r=>r(3))]).then(v=>print(v));Promise.all([Promise.reject('x')]).catch(e=>print('all',e));",
  thenables:
    "Promise.resolve({then:function(r){r(7)}}).then(v=>print(v));Promise.resolve(1).then(()=>Promise.resolve(9)).then(v=>print(v));",
};
