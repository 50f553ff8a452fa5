/*
 * Runs before the first paint, as a small script of its own in the head: the kept theme and colours are set on the
 * root element, so that nothing flashes. Storage can be forbidden; then the system's theme stands.
 */
const root = document.documentElement;
let choice: string | null = null;
try {
    choice = localStorage.getItem("theme");
    if (localStorage.getItem("colours") === "green-red") root.dataset["colours"] = "green-red";
} catch {
    // Nothing kept.
}
const isLight = choice === "light" || (choice !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
root.dataset["theme"] = isLight ? "light" : "dark";

export {};
