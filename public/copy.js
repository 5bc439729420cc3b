/* Buttons that put an address on the clipboard, or keep a feed in this browser. Without JavaScript neither is shown. */
(() => {
  "use strict";
  const get = (name) => { try { return JSON.parse(localStorage.getItem("paperfeed." + name)) ?? []; } catch { return []; } };
  const show = () => { for (const button of document.querySelectorAll(".copy[hidden], .keep-feed[hidden]")) button.hidden = false; };
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("htmx:after:settle", show);
  show();

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.copy) {
      const field = button.parentElement.querySelector("input");
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { field.select(); document.execCommand("copy"); }
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    } else if (button.classList.contains("keep-feed")) {
      const feeds = get("feeds").filter((feed) => feed.address !== button.dataset.address);
      feeds.push({ name: button.dataset.title.replace(/^Paperfeed: /, ""), address: button.dataset.address });
      try { localStorage.setItem("paperfeed.feeds", JSON.stringify(feeds)); } catch { return; }
      button.classList.add("done");
    }
  });
})();
