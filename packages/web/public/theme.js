// Before the first paint, so that nobody who chose the dark theme sees a white flash, or text that jumps to another size.
try {
  const theme = localStorage.getItem("tacit.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const size = localStorage.getItem("tacit.text-size");
  if (size === "small" || size === "large") document.documentElement.dataset.textSize = size;
} catch {
  // A browser that keeps nothing follows the system's theme.
}
