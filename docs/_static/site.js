// The toggles of the navigation are icons alone: a screen reader needs a name for each, which is that of the page beside it.
document.addEventListener("DOMContentLoaded", () => {
  for (const toggle of document.querySelectorAll("nav summary")) {
    const page = toggle.closest("li")?.querySelector("a")?.textContent.trim();
    toggle.setAttribute("aria-label", `Pages of ${page ?? "this part"}`);
  }
});
