// Checks published pages in Chromium: no horizontal overflow on phones, no column lost on paper, no violation that axe-core
// finds, everything reachable by keyboard, a filter that works, and nothing missing without scripts.
//
// usage: node pages_check.mjs NODE_MODULES FOLDER… [--shots DIR]
//
// FOLDER is an output directory. --shots writes pictures and PDFs of the pages.
import { createRequire } from "node:module";
import { readFileSync, readdirSync, statSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve, extname, basename } from "node:path";

const [modules, ...rest] = process.argv.slice(2);
const at = rest.indexOf("--shots");
const shots = at < 0 ? null : rest.splice(at, 2)[1];
const load = createRequire(resolve(modules, "x.js"));
const puppeteer = load("puppeteer-core");
const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" };
const failures = [];

function check(holds, page, words) {
  if (!holds) failures.push(`${page}: ${words}`);
}

/** The pages of a folder: all of its lists, and of changes and entries the first, the last and the longest. */
function pages(folder) {
  const found = ["index.html"];
  for (const list of readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())) {
    found.push(...readdirSync(join(folder, list)).filter((name) => name.endsWith(".html")).map((name) => `${list}/${name}`));
    for (const kind of ["changes", "entries"].filter((kind) => readdirSync(join(folder, list)).includes(kind))) {
      const names = readdirSync(join(folder, list, kind)).filter((name) => name.endsWith(".html")).map((name) => `${list}/${kind}/${name}`);
      const size = (name) => statSync(join(folder, name)).size;
      const longest = [...names].sort((a, b) => size(b) - size(a))[0];
      found.push(...new Set([names[0], names.at(-1), longest].filter(Boolean)));
    }
  }
  return found;
}

function serve(folder) {
  const server = createServer((request, response) => {
    try {
      const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
      const bytes = readFileSync(join(folder, path));
      response.writeHead(200, { "content-type": `${TYPES[extname(path)] ?? "text/plain"}; charset=utf-8` }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

const dark = (value) => [{ name: "prefers-color-scheme", value }];

async function open(browser, address, { width = 1280, script = true, theme = "light" } = {}) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => failures.push(`${address}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && !message.text().includes("favicon") && !message.text().includes("404") && failures.push(`${address}: ${message.text()}`));
  await page.setBypassCSP(false);
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 900, isMobile: width < 600, hasTouch: width < 600 });
  await page.emulateMediaFeatures(dark(theme));
  await page.goto(address, { waitUntil: "load" });
  return page;
}

/** The elements that make the page scroll sideways. */
const overflowing = () => {
  const limit = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= limit) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > limit + 1);
  return wide.slice(-3).map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`).concat("wide");
};

/** Cells that lie outside of the paper or have no label there. */
const lostCells = () => {
  const limit = document.documentElement.clientWidth;
  return [...document.querySelectorAll("td, tbody th")]
    .filter((cell) => cell.textContent.trim())
    .filter((cell) => {
      const box = cell.getBoundingClientRect();
      return box.width < 20 || box.right > limit + 1 || cell.scrollWidth > cell.clientWidth + 1;
    })
    .map((cell) => cell.textContent.slice(0, 40));
};

async function checkPage(browser, base, name) {
  for (const width of [320, 390]) {
    const page = await open(browser, base + name, { width });
    const wide = await page.evaluate(overflowing);
    check(wide.length === 0, name, `scrolls sideways at ${width}: ${wide.join("; ")}`);
    if (shots && width === 390) await page.screenshot({ path: join(shots, `${picture(base, name)}-390.png`), clip: await area(page, 2600) });
    if (shots && width === 320) await page.screenshot({ path: join(shots, `${picture(base, name)}-320.png`), clip: await area(page, 1600) });
    await page.close();
  }
  for (const [width, theme] of [[1280, "light"], [1440, "dark"], [390, "light"]]) {
    const page = await open(browser, base + name, { width, theme });
    const wide = await page.evaluate(overflowing);
    check(wide.length === 0, name, `scrolls sideways at ${width}: ${wide.join("; ")}`);
    // axe is put into a page without a policy: ours admits no other script.
    if (shots && width > 600) await page.screenshot({ path: join(shots, `${picture(base, name)}-${width}.png`), clip: await area(page, 2200) });
    const result = await inspect(browser, base + name, { width, theme });
    for (const violation of result.violations) {
      const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary.split("\n")[1] ?? ""}`);
      check(false, name, `axe ${violation.id} at ${width} ${theme}: ${nodes.join(" | ")}`);
    }
    await page.close();
  }
  await checkPrint(browser, base, name);
  await checkKeyboard(browser, base, name);
  await checkWithoutScript(browser, base, name);
}

async function inspect(browser, address, options) {
  const page = await browser.newPage();
  await page.setBypassCSP(true);
  await page.setViewport({ width: options.width, height: 900 });
  await page.emulateMediaFeatures(dark(options.theme));
  await page.goto(address, { waitUntil: "load" });
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await page.evaluate((tags) => globalThis.axe.run({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), tags);
  await page.close();
  return result;
}

const area = async (page, most) => {
  const [width, height] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollHeight]);
  return { x: 0, y: 0, width, height: Math.min(height, most) };
};

const picture = (base, name) => `${names.get(base)}-${name.replaceAll("/", "-").replace(".html", "")}`;
const names = new Map();

async function checkPrint(browser, base, name) {
  // 297 mm less the margins, at 96 dots per inch.
  const page = await open(browser, base + name, { width: 1032 });
  await page.emulateMediaType("print");
  const lost = await page.evaluate(lostCells);
  check(lost.length === 0, name, `print loses ${lost.slice(0, 3).join(" | ")}`);
  const wide = await page.evaluate(overflowing);
  check(wide.length === 0, name, `is wider than the paper: ${wide.join("; ")}`);
  const hidden = await page.evaluate(() => [...document.querySelectorAll("main section")].filter((part) => !part.getClientRects().length).length);
  check(hidden === 0, name, `print hides ${hidden} sections`);
  if (shots) await page.pdf({ path: join(shots, `${picture(base, name)}.pdf`), preferCSSPageSize: true, printBackground: true });
  await page.close();
}

async function checkKeyboard(browser, base, name) {
  const page = await open(browser, base + name);
  const count = await page.evaluate(() => {
    const inputs = [...document.querySelectorAll("a[href], input, select, button, pre[tabindex]")].filter((element) => element.getClientRects().length);
    return inputs.length;
  });
  // Dates have several parts, each a stop of its own.
  const visited = new Set();
  const presses = Math.min(count + 12, 160);
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      const all = [...document.querySelectorAll("a[href], input, select, button, pre[tabindex]")];
      const style = getComputedStyle(element);
      return { index: all.indexOf(element), // The parts of a date field show their focus themselves.
        isVisible: element.type === "date" || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    if (stop.index < 0) break;
    check(stop.isVisible, name, `stop ${stop.index} of the keyboard has no visible focus`);
    visited.add(stop.index);
  }
  check(visited.size >= Math.min(count, presses - 12), name, `the keyboard reaches ${visited.size} of ${count} links and controls`);
  await page.close();
}

async function checkWithoutScript(browser, base, name) {
  const text = async (script) => {
    const page = await open(browser, base + name, { script });
    const found = await page.evaluate(() => {
      const copy = document.querySelector("main").cloneNode(true);
      copy.querySelectorAll("#filter").forEach((form) => form.remove());
      return { text: copy.textContent.replace(/\s+/g, " "), hidden: [...copy.querySelectorAll("[hidden]")].length };
    });
    await page.close();
    return found;
  };
  const [without, withScript] = [await text(false), await text(true)];
  check(without.text === withScript.text, name, "has another text without scripts");
  check(without.hidden === 0 && withScript.hidden === 0, name, "hides something before anybody filters");
}

async function checkFilter(browser, base, name) {
  const page = await open(browser, base + name);
  const state = () => page.evaluate(() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.getClientRects().length);
    return {
      entries: shown("div.group tbody tr").map((row) => row.querySelector("th").textContent),
      kinds: shown("ol.log li[data-kind]").map((item) => item.dataset.kind),
      dates: shown("ol.log > li[data-date]").map((item) => item.dataset.date),
      months: shown("section.month").length,
      status: document.querySelector("#filter [role=status]").textContent,
    };
  });
  const set = (field, value) => page.evaluate((field, value) => {
    const input = document.querySelector(`#filter [name=${field}]`);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, field, value);
  const all = await state();
  check(all.status === "", name, "states a result before anybody filters");
  if (all.entries.length > 1) {
    const wanted = all.entries.at(-1);
    await page.focus("#filter [name=text]");
    await page.keyboard.type(wanted.slice(0, 30));
    const found = await state();
    check(found.entries.includes(wanted) && found.entries.length < all.entries.length, name, `the filter for ${wanted} shows ${found.entries.length} entries`);
    check(found.status.includes(String(all.entries.length)), name, `the result of the filter is ${found.status}`);
    await page.click("#filter button[type=reset]");
    await new Promise((done) => setTimeout(done, 50));
    const cleared = await state();
    check(cleared.entries.length === all.entries.length && cleared.status === "", name, "clearing the filter shows everything");
  }
  const kind = all.kinds.at(-1);
  if (kind) {
    await set("kind", kind);
    const found = await state();
    check(found.kinds.length > 0 && found.kinds.every((one) => one === kind), name, `the filter for ${kind} shows ${found.kinds}`);
    await set("kind", "");
  }
  if (all.dates.length > 1) {
    await set("from", all.dates[0]);
    const found = await state();
    check(found.dates.length > 0 && found.dates.every((date) => date >= all.dates[0]) && found.months <= all.months, name, `the filter by date shows ${found.dates}`);
  }
  await page.close();
}

if (shots) mkdirSync(shots, { recursive: true });
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic"] });
for (const folder of rest) {
  const server = await serve(resolve(folder));
  const base = `http://127.0.0.1:${server.address().port}/`;
  names.set(base, basename(resolve(folder)) === "feeds" ? basename(resolve(folder, "..")) : basename(resolve(folder)));
  const all = pages(folder);
  for (const name of all) {
    await checkPage(browser, base, name);
    const text = readFileSync(join(folder, name), "utf8");
    if (text.includes('id="filter"')) await checkFilter(browser, base, name);
  }
  console.log(`${folder}: ${all.length} pages`);
  server.close();
}
await browser.close();
if (failures.length) {
  console.error(failures.join("\n"));
  process.exit(1);
}
