/**
 * Programs that talk to themselves over loopback: net, http, dgram and pipe with their events, oddities included. What
 * they print was recorded from the real interpreter into network-expected.json by record-network.ts. Ports are of the
 * dynamic range; socket numbers differ between machines and are not printed.
 */

/** How long each may take, milliseconds. */
export const NETWORK_CASE_MS = 400;

const WATCH =
  'function watch(o,n){["data","end","close","error","drain"].forEach(e=>o.on(e,d=>print(n,e,e=="data"?d.length:e=="error"?d.code+" "+d.message:e=="drain"?"":d)))}';
/** A server that answers one request with exactly this, and a request to it. */
const answered = (port: number, answer: string): string => `${WATCH}
require("net").createServer(c=>{c.on("data",()=>0);c.write(${JSON.stringify(answer)});c.end()}).listen(${port});
watch(require("http").get("http://127.0.0.1:${port}/",r=>{print(r.statusCode,r.statusMessage,r.httpVersion,JSON.stringify(r.headers));watch(r,"res")}),"req");`;

export const NETWORK_CASES: Record<string, string> = {
  "wrong arguments are a line on the console": `var h=require("http"),n=require("net");
[()=>h.get(5),()=>h.request({},5),()=>h.createServer(5),()=>n.createServer(),()=>n.connect(1),()=>n.connect({},"f"),()=>require("dgram").createSocket("udp4",3)]
.forEach(f=>{try{print(f())}catch(e){print(e)}});`,
  "a plain connection, both ends": `${WATCH}
var s=require("net").createServer(c=>{print("server",c.available());watch(c,"srv");c.on("data",d=>c.write(d.toUpperCase()))});
print(s.listen(49311)===s);
var c=require("net").connect({host:"127.0.0.1",port:49311},function(k){print("connected",k===c,this===c);c.write("x".repeat(1200));c.write("tail")});
watch(c,"cli");
setTimeout(()=>{c.end("bye");try{c.write("z")}catch(e){print(e)}try{c.end()}catch(e){print(e)}s.close();s.close()},150);`,
  "a client without a callback": `${WATCH}
require("net").createServer(c=>{c.end("hi")}).listen(49312);watch(require("net").connect({port:49312}),"cli");`,
  "a socket that is ended before it wrote": `${WATCH}
require("net").createServer(c=>{watch(c,"srv")}).listen(49313);var c=require("net").connect({port:49313});watch(c,"cli");c.end();`,
  "a server request and response": `${WATCH}
var s=require("http").createServer((q,r)=>{
 print(q.method,q.url,JSON.stringify(q.headers),JSON.stringify(r.headers));watch(q,"q");watch(r,"r");
 r.setHeader("A","b");r.writeHead(404,{C:1,Connection:"keep"});r.writeHead(200);
 print(r.write([1,2,3]));r.write(5);r.end("done");try{r.write("z")}catch(e){print(e)}try{r.end()}catch(e){print(e)}
 print(JSON.stringify(r.dSnd))});
s.listen(49314);
require("http").get({host:"127.0.0.1",port:49314,path:"/p?q=1",headers:{X:1,Host:"own"}},r=>{
 print(r.statusCode,r.statusMessage,JSON.stringify(r.headers),r.httpVersion,r.available(),r.read(4),r.available());watch(r,"res")});`,
  "writeHead takes an object": `require("http").createServer((q,r)=>{r.writeHead(200,5);r.writeHead(200,"x");r.end("ok")}).listen(49315);
require("http").get("http://localhost:49315/",r=>r.on("data",d=>print(d)));`,
  "a posted body and a late answer": `${WATCH}
require("http").createServer((q,r)=>{var b="";q.on("data",d=>b+=d);q.on("end",()=>setTimeout(()=>r.end(b.length+q.headers["X-Long"].length+""),30))}).listen(49316);
var q=require("http").request({host:"localhost",port:49316,path:"/",method:"POST",headers:{"Content-Length":1500,"X-Long":"y".repeat(700)}},r=>watch(r,"res"));
watch(q,"req");q.write("a".repeat(700));q.end("b".repeat(800));`,
  "chunks both ways": `${WATCH}
require("http").createServer((q,r)=>{var b="";q.on("data",d=>b+=d);q.on("end",()=>{r.writeHead(200,{"Transfer-Encoding":"chunked"});r.write(b);r.write("+");r.end("end")})}).listen(49317);
var q=require("http").request({host:"localhost",port:49317,path:"/",method:"PUT",headers:{"Transfer-Encoding":"CHUNKED"}},r=>{var b="";r.on("data",d=>b+=d);r.on("end",()=>print(b.length,b.substr(-6)))});
q.write("0123456789".repeat(70));setTimeout(()=>q.end("last"),20);`,
  "an empty answer": answered(49318, ""),
  "an answer shorter than it said": answered(
    49319,
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
  ),
  "an answer cut inside a chunk": answered(
    49320,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nde",
  ),
  "chunks with extensions": answered(
    49321,
    "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n",
  ),
  "odd header lines": answered(
    49322,
    "HTTP/1.0 301 Moved Permanently\r\nX:  a b \r\nbad\r\nEmpty:\r\n:none\r\nY:z:z\r\n\r\nbody",
  ),
  "an answer that is none": answered(49323, "garbage\r\n\r\nrest"),
  "a status line without text": answered(49324, "HTTP/1.1 204\r\n\r\n"),
  "a body of unknown length": answered(49325, `HTTP/1.1 200 OK\r\n\r\n${"z".repeat(1500)}`),
  "a body that nobody reads": `require("net").createServer(c=>{c.on("data",()=>0);c.write("HTTP/1.1 200 OK\\r\\nContent-Length: 2000\\r\\n\\r\\n"+"0123456789".repeat(200));c.end()}).listen(49326);
var n=0;require("http").get("http://127.0.0.1:49326/",r=>{setTimeout(()=>{print("late",r.available());r.on("data",d=>{print(d.length);n+=d.length});r.on("close",e=>print("close",e,n))},100)});`,
  "datagrams and their senders": `var d=require("dgram"),s=d.createSocket("udp4");
print(s.bind(49327,b=>{print(b===s);b.on("message",(m,i)=>{print(m,i.address,i.size,Object.keys(i).join());b.send(m+"!",i.port,i.address)})})===s);
["close","error"].forEach(e=>s.on(e,x=>print("srv",e,x)));
var c=d.createSocket("udp4");c.on("message",(m,i)=>{print("answer",m,i.port)});c.on("close",e=>print("cli close",e));
c.send("one",49327,"localhost");c.send("__two__",2,3,49327,"127.0.0.1");c.send([1,2],49327,"127.0.0.1");
setTimeout(()=>{s.close();c.close();try{c.send("x",1,"127.0.0.1")}catch(e){print(e)}},150);`,
  "a long datagram is cut, unless the buffer is larger": `var d=require("dgram"),s=d.createSocket("udp4");
s.bind(49328,b=>b.on("message",(m,i)=>print(m.length,i.size)));var c=d.createSocket("udp4");c.send("x".repeat(700),49328,"localhost");
setTimeout(()=>{d.createSocket({type:"udp4",recvBufferSize:1024});c.send("x".repeat(700),49328,"localhost")},80);`,
  "a bound port is taken": `var d=require("dgram");d.createSocket("udp4").bind(49329);try{d.createSocket({reuseAddr:true}).bind(49329)}catch(e){print(e)}`,
  "what sockets cost": `var h=require("http"),n=require("net"),s=h.createServer(function(){});print(E.getSizeOf(s));s.listen(49330);print(E.getSizeOf(s));
var q=h.request({host:"localhost",port:49330,path:"/"},function(){});print(E.getSizeOf(q));q.write("0123456789".repeat(10));print(E.getSizeOf(q));
var u=require("dgram").createSocket("udp4");print(E.getSizeOf(u));u.send("hello",49331,"127.0.0.1");print(E.getSizeOf(u),JSON.stringify(u.dSnd));
q.write("x".repeat(5000));print(E.getSizeOf(q));`,
  "an unknown name": `var q=require("http").request({host:"none.invalid",path:"/"},()=>0);q.on("error",e=>print("error",e.code));
try{q.end()}catch(e){print(e)}print(JSON.stringify(q.dSnd),q.clsNow,q.cls);`,
  "a stream is piped": `var g="",f=require("Storage").open("t","w");f.write("0123456789".repeat(30));
require("Storage").open("t","r").pipe({write:d=>{g+=d;print(d.length);return true},end:()=>print("end",g.length),close:()=>print("close")},{chunkSize:100,complete:p=>print("complete",typeof p)});
[()=>E.pipe("abc",{}),()=>E.pipe({},{write:()=>0})].forEach(f=>{try{f()}catch(e){print(e)}});`,
  "a text is piped into a response": `require("http").createServer((q,r)=>{E.pipe("0123456789".repeat(100),r)}).listen(49332);
require("http").get("http://localhost:49332/",r=>{var b="";r.on("data",d=>b+=d);r.on("close",()=>print(b.length))});`,
};
