/* Buttons that put an address on the clipboard, or keep a feed in this browser. Without JavaScript neither is shown. */
(() => {
  "use strict";
  const get = (name) => { try { return JSON.parse(localStorage.getItem("paperfeed." + name)) ?? []; } catch { return []; } };
  const set = (feeds) => { try { localStorage.setItem("paperfeed.feeds", JSON.stringify(feeds)); return true; } catch { return false; } };
  const show = () => { for (const button of document.querySelectorAll(".copy[hidden], .keep-feed[hidden]")) button.hidden = false; };
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("htmx:after:settle", show);
  show();

  /* A profile is one feed of the list, whatever its feeds are called and however many they are. */
  const profileOf = (address) => (/^\/u\/[^/]+/.exec(address) ?? [address])[0];
  const same = (address) => (feed) => profileOf(String(feed.address)) === profileOf(address);
  function keep({ dataset: { title, address } }) {
    const feeds = get("feeds"), at = feeds.findIndex(same(address));
    feeds.splice(at < 0 ? feeds.length : at, 1, { name: title.replace(/^Paperfeed: /, ""), address });
    return set(feeds);
  }
  const drop = (address) => set(get("feeds").filter((feed) => !same(address)(feed)));

  // -- a profile's page: what was just saved is kept, what is kept follows its names and its address

  const button = document.querySelector(".keep-feed[data-profile]");
  if (button) {
    const path = button.dataset.profile;
    let before = "";
    try { before = sessionStorage.getItem("paperfeed.moved") ?? ""; sessionStorage.removeItem("paperfeed.moved"); } catch {}
    const moved = before && before !== path && get("feeds").some(same(before));
    if (moved) drop(before);
    if ((moved || button.dataset.made || get("feeds").some(same(path))) && keep(button)) {
      button.classList.add("done");
      for (const notice of document.querySelectorAll(".kept-here")) notice.hidden = false;
    }
    document.querySelector("form[action*='/rotate']")?.addEventListener("submit", () => {
      try { sessionStorage.setItem("paperfeed.moved", path); } catch {}
    });
  }
  if (document.querySelector("[data-deleted]")) drop(location.pathname);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.copy) {
      const field = button.parentElement.querySelector("input");
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { field.select(); document.execCommand("copy"); }
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    } else if (button.classList.contains("keep-feed") && keep(button)) button.classList.add("done");
  });
})();
