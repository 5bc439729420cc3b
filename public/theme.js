/* Runs before anything is drawn, so that a chosen theme does not flash. */
try {
  const theme = localStorage.getItem("paperfeed.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
document.documentElement.classList.add("js");
addEventListener("DOMContentLoaded", () => {
  const again = document.querySelector("[data-again]"); // seconds after which the first papers may be there
  if (again) setInterval(() => { if (!document.activeElement?.matches("input")) location.reload(); }, 1000 * again.dataset.again);
  const button = document.getElementById("theme");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("paperfeed.theme", root.dataset.theme); } catch {}
  });
  for (const link of document.querySelectorAll("a.ui")) {
    link.addEventListener("click", () => {
      const address = new URL(location.href);
      address.searchParams.set("ui", link.dataset.ui);
      link.href = address.pathname + address.search.replaceAll("+", "%20");
    });
  }
});
