// Takes the page's module apart at the functions in frontend/src/chunks/points.rs: a main module, a chunk for each area, and two with what
// several areas share. A hook of Trunk (Trunk.toml): what Trunk laid into its staging folder as one module is replaced.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const name = 'certdeck-frontend';
const loader = '__wasm_split.js'; // wasm-split-cli has it so
const parts = 'target/split';
const { TRUNK_PROFILE: profile, TRUNK_STAGING_DIR: staging } = process.env;

const fail = (...words) => { console.error('split:', ...words); process.exit(1); };
/** Runs a tool. What it says is of interest only where it fails: wasm-opt warns of every section of names. */
const run = (tool, ...args) => promisify(execFile)(tool, args, { maxBuffer: 1 << 28 })
  .catch(({ stdout, stderr, message }) => fail(tool, args.join(' '), `\n${stdout ?? ''}${(stderr ?? message).slice(-4000)}`));
const modules = (folder, prefix) => readdirSync(folder).filter((file) => file.startsWith(prefix) && file.endsWith('.wasm'));
/** Several modules become one, as text. They would import the same memory as often as there were files, so that is made to be imported once. */
async function merge(area, files) {
  if (!files.length) return;
  const merged = `${parts}/merged_${area}`;
  await run('wasm-merge', ...files.flatMap((file) => [`${parts}/${file}`, file]), ...features, '--enable-multimemory', '-o', `${merged}.wasm`);
  await run('wasm-dis', ...features, '--enable-multimemory', `${merged}.wasm`, '-o', `${merged}.wat`);
  const first = new Map();
  const same = new Map();
  const text = readFileSync(`${merged}.wat`, 'utf8').replace(/^ \(import ("\S+" "\S+") \(\w+ (\$\S+) .*\n/gm, (line, of, label) => {
    same.set(label, first.get(of) ?? label);
    if (first.has(of)) return '';
    first.set(of, label);
    return line;
  });
  writeFileSync(`${parts}/split_${area}.wat`, text.replace(/\$[^\s()"]+/g, (label) => same.get(label) ?? label));
}
/** What a chunk is called in the page. */
const served = (file) => file.replace(/^split_(.*)\.\w+$/, 'certdeck-$1.wasm');

if (!staging) fail('this is a hook of Trunk: run trunk build --release');
rmSync(parts, { recursive: true, force: true });
mkdirSync(parts, { recursive: true });
const compiled = `target/wasm32-unknown-unknown/${profile === 'debug' ? 'debug' : 'wasm-release'}/${name}.wasm`;
await run('wasm-split-cli', compiled, parts, '--out-name', name);
await run('wasm-bindgen', '--target', 'web', '--no-typescript', '--keep-lld-exports', '--out-dir', staging, '--out-name', name, `${parts}/${name}.wasm`);

if (profile === 'debug') {
  for (const file of [loader, ...modules(parts, 'chunk_'), ...modules(parts, 'split_')]) copyFileSync(`${parts}/${file}`, `${staging}/${file}`);
  process.exit();
}

// What rustc's target may use, and what wasm-opt must not go beyond.
const features = ['mutable-globals', 'nontrapping-float-to-int', 'bulk-memory', 'bulk-memory-opt', 'sign-ext', 'reference-types', 'multivalue',
  'call-indirect-overlong'].map((feature) => `--enable-${feature}`);
const written = readFileSync(`${parts}/${loader}`, 'utf8');
const areas = [...written.matchAll(/^export const __wasm_split_load_(\w+) =/gm)].map(([, area]) => area);
const runtime = written.slice(0, written.search(/^(\/\* .* \*\/|const __chunk_\d+ =|export const )/m));
if (!areas.length || !runtime.includes('makeLoad')) fail(`${loader} is not written as it used to be`);

// A file for each set of areas that share something would be hundreds, most of a few hundred bytes: they become two. What only these areas need
// stays away from the others.
const making = ['import', 'issuing', 'requests', 'upkeep'];
const needed = [...written.matchAll(/^export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\([^]*?^\s*, \[([^\]]*)\]/gm)]
  .flatMap(([, area, pieces]) => [...pieces.matchAll(/__(chunk_\d+)/g)].map(([, piece]) => [`${piece}.wasm`, area]));
const others = new Set(needed.filter(([, area]) => !making.includes(area)).map(([piece]) => piece));
const pieces = modules(parts, 'chunk_');
if (pieces.some((piece) => !needed.some(([one]) => one === piece))) fail(`${loader} does not say which areas need a piece`);
await merge('shared', pieces.filter((piece) => others.has(piece)));
await merge('making', pieces.filter((piece) => !others.has(piece)));
const chunks = readdirSync(parts).filter((file) => file.startsWith('split_'));
await Promise.all([
  run('wasm-opt', '-Oz', ...features, `${staging}/${name}_bg.wasm`, '-o', `${staging}/${name}_bg.wasm`),
  ...chunks.map((file) => run('wasm-opt', '-Oz', ...features, `${parts}/${file}`, '-o', `${staging}/${served(file)}`)),
]);

// A chunk fits one main module only: they share memory and table. It is fetched by its digest, so that the browser refuses one of another
// version instead of letting it loose in the memory of this one.
const present = chunks.map(served);
const fetched = (area, needed) => {
  const file = `certdeck-${area}.wasm`;
  if (!present.includes(file)) return `makeLoad(() => async () => ({}), ${needed})`;
  const digest = createHash('sha256').update(readFileSync(`${staging}/${file}`)).digest('base64');
  return `makeLoad(fetcher('/${file}', 'sha256-${digest}'), ${needed})`;
};
writeFileSync(`${staging}/${loader}`, `${runtime}
const fetcher = (file, integrity) => () => {
  const source = fetch(file, { integrity });
  source.catch(() => {});
  return (imports) => WebAssembly.instantiateStreaming(source, imports);
};
const shared = ${fetched('shared', '[]')};
const making = ${fetched('making', '[]')};
${areas.map((area) => `export const __wasm_split_load_${area} = wrapAsyncCb(${fetched(area, making.includes(area) ? '[shared, making]' : '[shared]')});`).join('\n')}
`);
