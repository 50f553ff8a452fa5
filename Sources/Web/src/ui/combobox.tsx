/*
 * A field with a list below it, after the ARIA practices: the focus stays in the field; arrows move through the list,
 * Enter chooses, Escape closes, then clears.
 */
import { getSymbolsSearchBounds } from "api-types";
import { Fragment, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useState } from "react";

export interface Choice {
    readonly id: string;
    /** Heading above the first choice of its kind. */
    readonly group?: string;
    readonly content: ReactNode;
}

interface Props<Item extends Choice> {
    readonly label: string;
    readonly placeholder: string;
    readonly text: string;
    readonly change: (text: string) => void;
    readonly choices: readonly Item[];
    readonly choose: (choice: Item) => void;
    /** Whether `choices` are those of the text: Enter pressed before that waits for them. */
    readonly isAnswered: boolean;
    /** What the list says to those who hear it, and to all when it is empty. */
    readonly state: string;
    readonly isOpen: boolean;
    readonly setOpen: (isOpen: boolean) => void;
    /** The focus has gone elsewhere, and nothing was chosen by that. */
    readonly leave?: () => void;
    readonly input?: RefObject<HTMLInputElement>;
    readonly keys?: string;
    readonly isInvalid?: boolean;
    readonly describedBy?: string | undefined;
    readonly inputID?: string;
}

export function Combobox<Item extends Choice>(props: Props<Item>): JSX.Element {
    const { label, text, change, choices, choose, isAnswered, state, isOpen, setOpen } = props;
    const [active, setActive] = useState(0);
    const [isEnterWaiting, setEnterWaiting] = useState(false);
    const listID = useId();
    const chosen = choices[Math.min(active, choices.length - 1)];
    const optionID = (choice: Item): string => `${listID}-${choice.id}`;
    const take = (choice: Item): void => {
        setOpen(false);
        setActive(0);
        choose(choice);
    };
    const enter = (): void => {
        if (!isAnswered) setEnterWaiting(isOpen);
        else if (isOpen && chosen) take(chosen);
    };
    useEffect(() => {
        // Who has left the list meanwhile chooses nothing any more.
        if (!isOpen) setEnterWaiting(false);
    }, [isOpen]);
    useEffect(() => {
        if (!isEnterWaiting || !isAnswered || !isOpen) return;
        setEnterWaiting(false);
        if (chosen) take(chosen);
    }, [isEnterWaiting, isAnswered, isOpen]);
    /** For whoever is in the field: one that is merely open moves no page. */
    const show = (item: HTMLElement | null): void => {
        if (document.activeElement?.getAttribute("aria-controls") === listID) item?.scrollIntoView({ block: "nearest" });
    };
    const move = (to: number): void => {
        setOpen(true);
        if (choices.length > 0) setActive((to + choices.length) % choices.length);
    };
    const press = (event: KeyboardEvent): void => {
        const actions: Record<string, () => void> = {
            ArrowDown: () => move(isOpen ? active + 1 : 0),
            ArrowUp: () => move(isOpen ? active - 1 : choices.length - 1),
            Enter: enter,
            Escape: () => (isOpen ? setOpen(false) : change("")),
        };
        const action = event.nativeEvent.isComposing ? undefined : actions[event.key];
        // A closed list leaves Enter to the form that the field stands in.
        if (!action || (event.key === "Enter" && !isOpen)) return;
        event.preventDefault();
        action();
    };
    return (
        <>
            <input
                ref={props.input}
                id={props.inputID}
                type="text"
                role="combobox"
                aria-label={label}
                aria-expanded={isOpen}
                aria-controls={listID}
                aria-autocomplete="list"
                aria-activedescendant={isOpen && chosen ? optionID(chosen) : undefined}
                aria-keyshortcuts={props.keys}
                aria-invalid={props.isInvalid}
                aria-describedby={props.describedBy}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                enterKeyHint="go"
                maxLength={getSymbolsSearchBounds.q.maxLength}
                placeholder={props.placeholder}
                value={text}
                onChange={(event) => {
                    change(event.target.value);
                    setActive(0);
                    setEnterWaiting(false);
                    setOpen(true);
                }}
                onFocus={() => setOpen(true)}
                onClick={() => setOpen(true)}
                onBlur={() => {
                    setOpen(false);
                    props.leave?.();
                }}
                onKeyDown={press}
            />
            {/*
              * The press must not take the focus out of the field before the click has chosen; nor is a list that can be
              * scrolled a tab stop of its own, which would close under the focus.
              */}
            <div className="search-panel" tabIndex={-1} hidden={!isOpen} onMouseDown={(event) => event.preventDefault()}>
                <ul id={listID} role="listbox" tabIndex={-1} aria-label={label} hidden={choices.length === 0}>
                    {choices.map((choice, index) => (
                        <Fragment key={choice.id}>
                            {choice.group !== undefined && choice.group !== choices[index - 1]?.group && (
                                <li role="presentation" className="search-group">
                                    {choice.group}
                                </li>
                            )}
                            <li
                                id={optionID(choice)}
                                role="option"
                                aria-selected={choice === chosen}
                                ref={(item) => choice === chosen && isOpen && show(item)}
                                onClick={() => take(choice)}
                            >
                                {choice.content}
                            </li>
                        </Fragment>
                    ))}
                </ul>
                <p role="status" className={choices.length > 0 ? "visually-hidden" : "search-state"}>
                    {isOpen && state}
                </p>
            </div>
        </>
    );
}
