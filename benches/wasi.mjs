// Runs a WASI program on Node's V8: node wasi.mjs PROGRAM.wasm INPUT OUTPUT
import { closeSync, openSync, readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { WASI } from "node:wasi";

const [program, input, output] = argv.slice(2);
const stdin = openSync(input, "r");
const stdout = openSync(output, "w");
const wasi = new WASI({ version: "preview1", args: [program], stdin, stdout });
const module = await WebAssembly.compile(readFileSync(program));
const status = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
closeSync(stdin);
closeSync(stdout);
exit(status);
