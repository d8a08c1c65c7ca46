// Filters the entries and the changes of a page. Without this script everything is shown.
"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const groups = all("div.group");
  const entries = groups.flatMap((group) =>
    all("tbody > tr", group).map((row) => ({ row, section: group.dataset.section, text: plain(row.textContent) })));
  const days = all("ol.log > li[data-date]");
  const changes = days.flatMap((day) => all("li[data-kind]", day).map((item) => ({
    item, date: day.dataset.date, kind: item.dataset.kind, section: item.dataset.section || "", text: plain(item.textContent),
  })));

  const kinds = new Set(changes.map((change) => change.kind));
  all("select[name=kind] option").forEach((option) => {
    if (option.value && !kinds.has(option.value)) option.remove();
  });
  const field = (name) => (form.elements[name] ? form.elements[name].value : "");
  const message = (template, values) => values.reduce((text, value) => text.replace("{}", value), template);

  function apply() {
    const words = plain(field("text")).split(/\s+/).filter(Boolean);
    const [kind, section, from, to] = ["kind", "section", "from", "to"].map(field);
    const contains = (text) => words.every((word) => text.includes(word));
    let shownEntries = 0;
    let shownChanges = 0;
    for (const { row, section: own, text } of entries) {
      row.hidden = !(contains(text) && (!section || own === section));
      shownEntries += !row.hidden;
    }
    for (const change of changes) {
      change.item.hidden = !(contains(change.text) && (!section || change.section === section)
        && (!kind || change.kind === kind) && (!from || change.date >= from) && (!to || change.date <= to));
      shownChanges += !change.item.hidden;
    }
    groups.forEach((group) => { group.hidden = all("tbody > tr:not([hidden])", group).length === 0; });
    days.forEach((day) => { day.hidden = all("li[data-kind]:not([hidden])", day).length === 0; });
    all("section.month").forEach((month) => {
      month.hidden = all("ol.log > li:not([hidden])", month).length === 0;
    });
    const active = Boolean(words.length || kind || section || from || to);
    const results = [];
    if (groups.length) results.push(message(form.dataset.entries, [shownEntries, entries.length]));
    if (days.length) results.push(message(form.dataset.changes, [shownChanges, changes.length]));
    form.querySelector("[role=status]").textContent = active ? results.join(" \u00b7 ") : "";
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
})();
