#!/usr/bin/env node
// Runs a test program that was compiled for wasm32-unknown-unknown: cargo calls this with its path (.cargo/config.toml).
//
// Tests with the usual #[test], and so those of rstest, are in the harness that `main` runs. wasm-bindgen-test-runner knows only those that
// carry its own attribute; it is called for them where there are any. WebAssembly has no standard output: what the harness prints is
// lost, and a failed test is known by the name of the function in which it stopped. `cargo test` on the host prints its message.
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

const [file, ...rest] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const exported = WebAssembly.Module.exports(module).map((entry) => entry.name);

// What wasm-bindgen would fill in. No test of the harness calls any of it.
const imports = {};
for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
  if (kind !== 'function') throw new Error(`${file} imports the ${kind} ${from}.${name}`);
  (imports[from] ??= {})[name] = () => { throw new Error(`${from}.${name} is not there`); };
}

// Rust's symbols hold identifiers behind their lengths: 3hex5tests4name.
const identifiers = (symbol) => {
  const words = [];
  for (let rest = symbol, found; (found = /(\d+)_?([A-Za-z_].*)/.exec(rest)); rest = found[2].slice(Number(found[1]))) {
    words.push(found[2].slice(0, Number(found[1])));
  }
  return words;
};

Error.stackTraceLimit = 100;
const { main } = new WebAssembly.Instance(module, imports).exports;
const started = Date.now();
try {
  const code = main(0, 0);
  if (code !== 0) throw new Error(`the test harness ended with ${code}`);
} catch (error) {
  const frames = String(error.stack).split('\n').map((line) => identifiers(/\.wasm\.(\S+)/.exec(line)?.[1] ?? ''));
  const ours = frames.filter((words) => words.includes(basename(file).replace(/-[0-9a-f]+\.wasm$/, '')));
  console.error(`a test failed in WebAssembly (cargo test on the host prints its message); innermost first:`);
  for (const words of ours) console.error(`  ${words.join('::')}`);
  process.exit(101);
}
console.log(`#[test] in WebAssembly: all passed in ${Date.now() - started} ms`);

if (exported.some((name) => name.startsWith('__wbgt_'))) {
  const { error, status } = spawnSync('wasm-bindgen-test-runner', [file, ...rest], { stdio: 'inherit' });
  if (error) console.error(`wasm-bindgen-test-runner: ${error.message}; .ci/setup page installs it, make test finds it`);
  process.exit(status ?? 1);
}
