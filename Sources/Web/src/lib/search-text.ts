export interface TextPart {
    readonly text: string;
    readonly isMatch: boolean;
}

/** The text in parts, the first place where `query` stands in it (case apart) marked. */
export function marked(text: string, query: string): TextPart[] {
    const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
    if (at < 0) return [{ text, isMatch: false }];
    return [
        { text: text.slice(0, at), isMatch: false },
        { text: text.slice(at, at + query.length), isMatch: true },
        { text: text.slice(at + query.length), isMatch: false },
    ].filter((part) => part.text !== "");
}

/** Whether every word of `query` stands in the text, whatever its case. */
export const matches = (text: string, query: string): boolean => {
    const whole = text.toLowerCase();
    return query
        .toLowerCase()
        .split(/\s+/)
        .every((word) => whole.includes(word));
};
