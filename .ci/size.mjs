// The page's WASM: what a browser downloads, Brotli at the quality the server uses. The main module is what a first load waits for; a chunk is
// what the first visit of an area waits for (.ci/split.mjs).
import { readFileSync, readdirSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const main = 'certdeck-frontend_bg.wasm';
const budget = (name) => (name === main ? 300_000 : 100_000);

const modules = readdirSync('dist').filter((name) => name.endsWith('.wasm'));
if (!modules.includes(main)) { console.error(`size: no ${main} in dist`); process.exit(1); }
const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;
let total = 0;
let above = 0;
for (const name of modules.sort((one, other) => (other === main) - (one === main) || one.localeCompare(other))) {
  const bytes = readFileSync(`dist/${name}`);
  const { length } = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  total += length;
  console.log(`size: ${name} ${bytes.length} bytes, Brotli ${length}: ${percent(length, budget(name))} of its budget of ${budget(name)}`);
  if (length > budget(name)) { console.error(`size: ${name} is ${length - budget(name)} bytes too large`); above += 1; }
}
console.log(`size: ${modules.length} modules, Brotli ${total} in all`);
if (above) process.exit(1);
