/**
 * A text in lines no wider than `width`, `maximum` of them; what does not fit ends in an ellipsis. A word wider than a
 * line is broken.
 */
export function wrapped(text: string, width: number, maximum: number, measure: (part: string) => number): readonly string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(/\s+/).filter((part) => part !== "")) {
        const longer = line === "" ? word : `${line} ${word}`;
        if (measure(longer) <= width) {
            line = longer;
            continue;
        }
        if (line !== "") lines.push(line);
        line = word;
        while (measure(line) > width && [...line].length > 1) {
            const fitting = longestFit([...line], width, measure);
            lines.push(fitting);
            line = line.slice(fitting.length);
        }
    }
    if (line !== "") lines.push(line);
    if (lines.length <= maximum) return lines;
    const last = longestFit([...lines[maximum - 1]!, " ", ...lines[maximum]!], width, (part) => measure(`${part}…`));
    return [...lines.slice(0, maximum - 1), `${last.trimEnd()}…`];
}

/** As many letters from the start as fit, at least one. */
function longestFit(letters: readonly string[], width: number, measure: (part: string) => number): string {
    let [low, high] = [1, letters.length];
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (measure(letters.slice(0, middle).join("")) <= width) low = middle;
        else high = middle - 1;
    }
    return letters.slice(0, low).join("");
}
