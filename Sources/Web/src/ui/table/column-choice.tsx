import { Checkbox } from "../parts/choice";
import { Popover } from "../parts/popover";

interface Props {
    readonly columns: readonly { readonly key: string; readonly title: string; readonly isControl?: boolean }[];
    readonly hidden: ReadonlySet<string>;
    readonly change: (hidden: Set<string>) => void;
}

/** Which columns are shown. The first names the row and stays. */
export function ColumnChoice({ columns, hidden, change }: Props): JSX.Element {
    const set = (key: string, isShown: boolean): void => {
        const next = new Set(hidden);
        if (isShown) next.delete(key);
        else next.add(key);
        change(next);
    };
    return (
        <Popover label="Columns" look="quiet">
            {columns.slice(1).map(
                ({ key, title, isControl = false }) =>
                    !isControl && (
                        <Checkbox
                            key={key}
                            label={title}
                            isChecked={!hidden.has(key)}
                            change={(isShown) => set(key, isShown)}
                        />
                    ),
            )}
        </Popover>
    );
}
