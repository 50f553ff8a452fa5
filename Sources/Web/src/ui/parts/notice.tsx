import type { ReactNode } from "react";
import { InfoIcon } from "../icons";

interface Props {
    readonly tone?: "note" | "warning" | "bad" | "good";
    readonly title?: string;
    readonly children: ReactNode;
}

/** Something that the reader should know, in its place on the page. */
export const Notice = ({ tone = "note", title, children }: Props): JSX.Element => (
    <div className={`callout callout-${tone}`} role={tone === "bad" ? "alert" : "note"}>
        <InfoIcon />
        <div>
            {title !== undefined && <strong>{title} </strong>}
            {children}
        </div>
    </div>
);
