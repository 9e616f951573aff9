// Light or dark: as the system says, until the reader chooses.

const LABELS = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
const NEXT = { auto: "dark", dark: "light", light: "auto" };

/** Make the button work; `changed` is called when colours are others. */
export function mountTheme(button, changed) {
  let theme = "auto";
  const show = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = LABELS[theme];
    changed();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** The value of a colour variable now, as a canvas understands it. */
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
