// Runs the harness, compiled to WebAssembly, with the arguments that follow: node wasi.mjs iam-harness.wasm digest 1000
import { readFile } from 'node:fs/promises'
import { WASI } from 'node:wasi'

const [file, ...args] = process.argv.slice(2)
const wasi = new WASI({ version: 'preview1', args: ['iam-harness', ...args] })
const { instance } = await WebAssembly.instantiate(await readFile(file), wasi.getImportObject())
process.exitCode = wasi.start(instance)
