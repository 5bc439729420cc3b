/* The front page's comforts. Without this file the same form works by its buttons. */
(() => {
  "use strict";
  const form = document.getElementById("builder");
  const result = document.getElementById("result");
  if (!form || !result) return;
  const $ = (id) => document.getElementById(id);
  const kept = {
    get: (name, otherwise) => { try { return JSON.parse(localStorage.getItem("paperfeed." + name)) ?? otherwise; } catch { return otherwise; } },
    set: (name, value) => { try { localStorage.setItem("paperfeed." + name, JSON.stringify(value)); } catch {} },
  };
  const changed = () => { edits += 1; form.dispatchEvent(new Event("input", { bubbles: true })); };

  // An answer to what the form said before a chip came or went would take the chip away again.
  let edits = 0;
  document.addEventListener("htmx:before:request", (event) => { event.detail.ctx.edits = edits; });
  for (const name of ["htmx:before:response", "htmx:before:swap"]) document.addEventListener(name, (event) => {
    const { ctx } = event.detail;
    if (ctx?.edits !== undefined && ctx.edits !== edits) event.preventDefault();
  });

  // -- chips: a comma, Enter or leaving the field makes one; the server then says what it is worth

  function addChip(list, value) {
    const chips = $("chips-" + list);
    if (!chips || !value) return;
    const own = (chip) => chip.querySelector(`input[name=${list}]`);
    if (list !== "exclude" && list !== "authors") for (const chip of [...chips.children]) if (!own(chip)) chip.remove();
    if (list === "exclude" || list === "authors") {
      // What the site has set stays, and is said from now on.
      for (const chip of chips.children) if (!own(chip)) chip.prepend(hidden(list, chip.dataset.value));
    }
    if ([...chips.children].some((chip) => chip.dataset.value === value)) return;
    const chip = document.createElement("li");
    chip.className = "chip new";
    chip.dataset.value = value;
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = value;
    chip.append(hidden(list, value), name);
    chips.append(chip);
    const details = chips.closest("details.site-set");
    if (details) details.after(chips);
  }

  function hidden(name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    return input;
  }

  /* Cut at commas that do not stand between quotation marks. */
  function cut(text, separator) {
    return (text.match(separator === ";" ? /[^;]+/g : /(?:"[^"]*"|[^",])+|"[^"]*$/g) || []).map((piece) => piece.trim()).filter(Boolean);
  }

  function commit(field) {
    const separator = field.dataset.list === "authors" ? ";" : ",";
    const pieces = cut(field.value, separator);
    field.value = "";
    for (const piece of pieces) addChip(field.dataset.list, piece);
    if (pieces.length) changed();
  }

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.classList?.contains("add") || event.isComposing) return;
    const odd = (field.value.match(/"/g) || []).length % 2;
    if (event.key === "Enter" || ((event.key === "," || event.key === "，") && !odd && field.dataset.list !== "authors")) {
      event.preventDefault();
      commit(field);
    } else if (event.key === "Backspace" && !field.value) {
      const chips = [...$("chips-" + field.dataset.list).children].filter((chip) => chip.querySelector("input[type=hidden]"));
      const last = chips.at(-1);
      if (!last) return;
      event.preventDefault();
      field.value = last.dataset.value;
      last.remove();
      changed();
    }
  });
  form.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.classList?.contains("add")) return;
    const text = event.clipboardData.getData("text").replace(/[\r\n]+/g, ",");
    if (!/[,;]/.test(text)) return;
    event.preventDefault();
    field.value += text;
    commit(field);
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.classList?.contains("add") && event.target.value.trim() && !event.relatedTarget?.matches?.("button[name=do]")) commit(event.target);
  });
  $("min_score")?.addEventListener("input", (event) => { $("min_score_now").textContent = event.target.value; });

  // -- the category picker: type to find, arrows to move, Enter or the mouse to choose

  const find = $("find-category");
  const rows = [...document.querySelectorAll("#picker-list li")];
  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    $("picker").open = $("picker").open || words.length > 0;
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.find.includes(word));
    for (const archive of document.querySelectorAll("#picker-list .archive")) {
      archive.hidden = ![...archive.querySelectorAll("li")].some((row) => !row.hidden);
      if (words.length) archive.open = true;
    }
  }
  const visible = () => rows.filter((row) => !row.hidden && row.closest(".archive").open).map((row) => row.querySelector(".pick"));
  find.addEventListener("input", (event) => { event.stopPropagation(); filter(); });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      const exact = visible().find((box) => box.value.toLowerCase() === find.value.trim().toLowerCase());
      const box = exact || visible()[0];
      if (box && find.value.trim()) { box.checked = true; pick(box.value); find.value = ""; filter(); }
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      $("picker").open = true;
      visible()[0]?.focus();
    }
  });
  $("picker-list").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const boxes = visible(), at = boxes.indexOf(event.target);
    if (at < 0) return;
    event.preventDefault();
    (event.key === "ArrowDown" ? boxes[at + 1] : boxes[at - 1] || find)?.focus();
  });
  $("picker-list").addEventListener("input", (event) => {
    event.stopPropagation();
    if (event.target.checked) pick(event.target.value); else drop(event.target.value);
  });
  $("picker-list").addEventListener("change", (event) => event.stopPropagation());
  $("picker-list").addEventListener("click", (event) => {
    const minus = event.target.closest("button.minus");
    if (!minus) return;
    event.preventDefault();
    const value = minus.dataset.pick;
    if (minus.getAttribute("aria-current")) drop(value); else { drop(value.slice(1)); pick(value); }
  });
  function pick(value) { drop(value.startsWith("-") ? value.slice(1) : "-" + value); addChip("categories", value); sync(); changed(); }
  function drop(value) {
    for (const chip of [...$("chips-categories").children]) if (chip.dataset.value === value && chip.querySelector("input[type=hidden]")) { chip.remove(); changed(); }
    sync();
  }
  function sync() {
    const chosen = new Set([...document.querySelectorAll("#chips-categories input[type=hidden]")].map((input) => input.value));
    for (const box of document.querySelectorAll("#picker-list .pick")) { box.checked = chosen.has(box.value); box.removeAttribute("name"); }
    for (const minus of document.querySelectorAll("#picker-list button.minus")) chosen.has(minus.dataset.pick) ? minus.setAttribute("aria-current", "true") : minus.removeAttribute("aria-current");
  }
  sync();

  // -- what the result offers

  let soon = 0;
  function show() {
    const title = $("keep-feed")?.dataset.title; // the head is of the first page: what changes goes there, too
    if (title && location.search) document.title = title;
    document.querySelectorAll("link[rel=alternate][type]").forEach((link, at) => { link.href = $("feed-" + (at + 1))?.value || link.href; });
    clearTimeout(soon);
    const waiting = result.querySelector("[data-soon]"); // seconds after which what is asked for may be there
    if (waiting) soon = setTimeout(changed, 1000 * waiting.dataset.soon);
    for (const button of document.querySelectorAll(".keep[hidden], #self-hosted[hidden]")) button.hidden = false;
    const own = $("own-reader");
    if (own && !own.value) own.value = kept.get("reader", "");
    const papers = new Set(kept.get("papers", []).map((paper) => paper.id));
    for (const button of document.querySelectorAll(".keep")) mark(button, papers.has(button.dataset.keep));
  }
  function mark(button, on) { button.textContent = on ? "★" : "☆"; button.setAttribute("aria-pressed", String(on)); }
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("htmx:after:settle", show);
  show();

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.keep) {
      const entry = button.closest(".entry"), id = button.dataset.keep;
      const papers = kept.get("papers", []).filter((paper) => paper.id !== id);
      const on = papers.length === kept.get("papers", []).length;
      if (on) papers.push({ id, title: entry.querySelector("h3").textContent.trim() });
      kept.set("papers", papers);
      mark(button, on);
    } else if (button.dataset.reader) {
      const own = $("own-reader"), address = own.value.trim().replace(/\/+$/, "");
      if (!/^https?:\/\/[^\s]+$/.test(address)) { own.focus(); return; }
      kept.set("reader", address);
      open(address + button.dataset.reader.replace("{}", encodeURIComponent($("self-hosted").dataset.feed)), "_blank", "noopener");
    } else if (button.dataset.add) {
      event.preventDefault();
      addChip("keywords", button.dataset.add);
      changed();
    }
  });

  // -- keys

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=range]), select, textarea");
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll(".chip details[open]")) menu.open = false;
      if ($("leave")?.open) $("leave").open = false;
      if ($("keys")?.open) $("keys").close();
      return;
    }
    if (typing) return;
    const entries = [...document.querySelectorAll(".entry")];
    const at = entries.indexOf(document.activeElement?.closest(".entry"));
    const go = (number) => { const entry = entries[Math.max(0, Math.min(number, entries.length - 1))]; entry?.focus(); entry?.scrollIntoView({ block: "nearest" }); };
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at < 0 ? 0 : at - 1);
    else if (event.key === "o" && at >= 0) entries[at].querySelector("h3 a").click();
    else if (event.key === "x" && at >= 0) { const text = entries[at].querySelector("details.text"); text.open = !text.open; }
    else if (event.key === "s" && at >= 0) entries[at].querySelector(".keep").click();
    else if (event.key === "/") $("add-keywords").focus();
    else if (event.key === "?") $("keys")?.open ? $("keys").close() : $("keys")?.showModal();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys .close")) $("keys").close();
    for (const menu of document.querySelectorAll(".chip details[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
})();
