import { Checkbox } from "../parts/choice";
import { Popover } from "../parts/popover";

interface Props {
    readonly columns: readonly { readonly key: string; readonly title: string; readonly isControl?: boolean }[];
    readonly shown: readonly { readonly key: string }[];
    readonly choose: (key: string, isShown: boolean) => void;
}

/** Which columns are shown. The first names the row and stays. */
export function ColumnChoice({ columns, shown, choose }: Props): JSX.Element {
    return (
        <Popover label="Columns" look="quiet">
            {columns.slice(1).map(
                ({ key, title, isControl = false }) =>
                    !isControl && (
                        <Checkbox
                            key={key}
                            label={title}
                            isChecked={shown.some((one) => one.key === key)}
                            change={(isShown) => choose(key, isShown)}
                        />
                    ),
            )}
        </Popover>
    );
}
