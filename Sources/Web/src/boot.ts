/*
 * Runs before the first paint, as a small script of its own in the head: the kept theme and colours are set on the
 * root element, so that nothing flashes. Storage can be forbidden; then the system's theme stands.
 */
try {
    const root = document.documentElement;
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.dataset["theme"] = theme;
    if (localStorage.getItem("colours") === "green-red") root.dataset["colours"] = "green-red";
} catch {
    // Nothing kept, nothing to set.
}

export {};
