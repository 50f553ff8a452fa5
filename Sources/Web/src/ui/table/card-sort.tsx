import { beginsDescending, type Sort } from "../../lib/table";

interface Props {
    readonly columns: readonly {
        readonly key: string;
        readonly title: string;
        readonly kind?: "text" | "number";
        readonly isControl?: boolean;
    }[];
    readonly sort: Sort | null;
    readonly set: (sort: Sort) => void;
}

/** What the headings do, where rows are cards and have none. */
export function CardSort({ columns, sort, set }: Props): JSX.Element {
    const choices = columns.filter(({ isControl = false }) => !isControl);
    const chosen = choices.find(({ key }) => key === sort?.key);
    return (
        <span className="card-sort">
            <label>
                Sort by
                <select
                    value={chosen?.key ?? ""}
                    onChange={({ target }) => {
                        const column = choices.find(({ key }) => key === target.value);
                        if (column) set({ key: column.key, isDescending: beginsDescending(column) });
                    }}
                >
                    {!chosen && <option value="">As listed</option>}
                    {choices.map(({ key, title }) => (
                        <option key={key} value={key}>
                            {title}
                        </option>
                    ))}
                </select>
            </label>
            {chosen && sort && (
                <button
                    type="button"
                    aria-label="Largest or last first"
                    aria-pressed={sort.isDescending}
                    onClick={() => set({ key: sort.key, isDescending: !sort.isDescending })}
                >
                    <span aria-hidden="true">{sort.isDescending ? "\u25BE" : "\u25B4"}</span>
                </button>
            )}
        </span>
    );
}
