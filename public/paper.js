/* The copy button of a paper's page. */
(() => {
  const button = document.getElementById("copy-bibtex"), text = document.getElementById("bibtex");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text.textContent); } catch { getSelection().selectAllChildren(text); document.execCommand("copy"); }
    button.classList.add("done");
  });
})();
