// The page's WASM against its budget: what a browser downloads, Brotli at the quality the server uses.
import { readFileSync, readdirSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const budget = 300_000;
const modules = readdirSync('dist').filter((name) => name.endsWith('.wasm'));
if (modules.length !== 1) { console.error(`size: ${modules.length} WASM modules in dist instead of one`); process.exit(1); }
const bytes = readFileSync(`dist/${modules[0]}`);
const compressed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
console.log(`size: ${modules[0]} ${bytes.length} bytes, Brotli ${compressed.length}, budget ${budget}`);
if (compressed.length > budget) { console.error(`size: ${compressed.length - budget} bytes above the budget`); process.exit(1); }
