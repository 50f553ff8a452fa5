import { marked } from "../lib/search-text";

/** A text in which what was searched for stands out. */
export const Marked = ({ text, query }: { text: string; query: string }): JSX.Element => (
    <>{marked(text, query).map((part, index) => (part.isMatch ? <mark key={index}>{part.text}</mark> : part.text))}</>
);
