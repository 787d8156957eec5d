// Sets the colour scheme before anything is painted: the one that the visitor chose, or that of the system.
try {
  const chosen = localStorage.getItem("scheme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.scheme = chosen;
} catch {
  // Storage may be forbidden. Then the system decides.
}
