/* Feeds and papers kept in this browser. The one thing asked for is each feed itself, for today's count. */
(() => {
  "use strict";
  const page = document.getElementById("me");
  if (!page) return;
  const get = (name) => { try { return JSON.parse(localStorage.getItem("paperfeed." + name)) ?? []; } catch { return []; } };
  const set = (name, value) => { try { localStorage.setItem("paperfeed." + name, JSON.stringify(value)); } catch {} };
  const feedOf = (address, form) => address.startsWith("/u/") ? `${location.origin}${address}/${form}` : location.origin + "/" + form + (address.includes("?") ? address.slice(address.indexOf("?")).replace(/([?&])ui=[^&]*&?/, "$1").replace(/[?&]$/, "") : "");

  function row(list, name, href, remove) {
    const item = document.createElement("li"), link = document.createElement("a"), count = document.createElement("span"), button = document.createElement("button");
    Object.assign(link, { href, textContent: name });
    Object.assign(count, { className: "count" });
    Object.assign(button, { type: "button", className: "plain", textContent: "×", ariaLabel: `${page.dataset.remove} ${name}` });
    button.addEventListener("click", () => { remove(); draw(); });
    item.append(link, " ", count, " ", button);
    list.append(item);
    return count;
  }

  function draw() {
    const feeds = get("feeds").filter((feed) => String(feed.address).startsWith("/")), papers = get("papers");
    const mine = document.getElementById("my-feeds"), list = document.getElementById("my-papers");
    mine.replaceChildren(); list.replaceChildren();
    document.getElementById("no-feeds").hidden = feeds.length > 0;
    document.getElementById("no-papers").hidden = papers.length > 0;
    for (const feed of feeds) {
      const count = row(mine, feed.name, feed.address.replace(/^(\/u\/[^/]+)\/all$/, "$1"), () => set("feeds", get("feeds").filter((other) => other.address !== feed.address)));
      fetch(feedOf(feed.address, "json")).then((answer) => {
        if (answer.status === 410) { // said once: elsewhere it was deleted, or its secret changed
          set("feeds", get("feeds").filter((other) => other.address !== feed.address));
          count.textContent = page.dataset.gone;
        }
        return answer.ok ? answer.json() : null;
      }).then((found) => {
        if (!found) return;
        const days = found.items.map((item) => item._arxiv?.announced).filter(Boolean).sort();
        count.textContent = page.dataset.today.replace("%", days.filter((day) => day === days.at(-1)).length);
      }).catch(() => {});
    }
    for (const paper of papers) row(list, paper.title, "/papers/" + paper.id, () => set("papers", get("papers").filter((other) => other.id !== paper.id)));
  }

  function download(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  document.getElementById("export-json").addEventListener("click", () => download("paperfeed.json", "application/json", JSON.stringify({ feeds: get("feeds"), papers: get("papers") }, null, 2)));
  document.getElementById("export-opml").addEventListener("click", () => {
    const lines = get("feeds").map((feed) => `<outline type="rss" text="${escaped(feed.name)}" title="${escaped(feed.name)}" xmlUrl="${escaped(feedOf(feed.address, "rss"))}"/>`);
    download("paperfeed.opml", "text/x-opml", `<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>Paperfeed</title></head>\n<body>\n${lines.join("\n")}\n</body>\n</opml>\n`);
  });
  draw();
})();
