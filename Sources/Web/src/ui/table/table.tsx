/*
 * Every list of the page: sorted by its headings, filtered, in pages, as a file, as cards on a phone. The whole row
 * leads where its first cell's link leads, and the way back finds the table as it was left.
 */
import { type MouseEvent, type ReactNode, useEffect, useMemo, useRef } from "react";
import { tableToCSV } from "../../lib/csv";
import { counted, noValue, plainly, whole } from "../../lib/format";
import { beginsDescending, type Cell, filtered, paged, type Sort, sorted } from "../../lib/table";
import { zoneName } from "../../lib/time";
import { DownloadIcon } from "../icons";
import { isPlainClick, Link, navigate, useKeptInStep } from "../navigation";
import { Button, joined } from "../parts/button";
import { Explained } from "../parts/explained";
import { saveFile } from "../save-file";
import { CardSort } from "./card-sort";
import { ColumnChoice } from "./column-choice";
import { useIsNarrow } from "./use-is-narrow";

export interface Column<Row> {
    readonly key: string;
    readonly title: string;
    /** What the figures mean, in a sentence. */
    readonly explain?: string;
    /** Hours: the title says by which clock. */
    readonly isTime?: boolean;
    /** Numbers stand on the right. */
    readonly kind?: "text" | "number";
    /** What is searched, written to files, and sorted by. */
    readonly value: (row: Row) => Cell;
    /** What is sorted by, where words have an order of their own. */
    readonly sortBy?: (row: Row) => Cell;
    /** What a file says, where that is not the value: its reader has neither this page nor its zone. */
    readonly inFile?: (row: Row) => Cell;
    /** What is shown, where that is not the value. */
    readonly cell?: (row: Row) => ReactNode;
    /** Names the row: it stays in view, heads the row's card, and holds its link. The first column unless said. */
    readonly isPrimary?: boolean;
    /** A text that takes what width the others leave, and is cut off there. */
    readonly isFiller?: boolean;
    /** Left out until the reader chooses it. */
    readonly isHidden?: boolean;
    /** Left out on a laptop, unless the reader chooses it. */
    readonly isMinor?: boolean;
    /** Buttons: nothing to sort by, and no part of a file. */
    readonly isControl?: boolean;
}

interface Props<Row> {
    readonly label: string;
    readonly rows: readonly Row[];
    readonly columns: readonly Column<Row>[];
    readonly rowKey: (row: Row) => string;
    readonly rowHref?: (row: Row) => string | null;
    /** In the place of a link: what a click on the row does. */
    readonly onRow?: (row: Row) => void;
    readonly isChosen?: (row: Row) => boolean;
    readonly initialSort?: Sort;
    readonly pageSize?: number;
    /** A field that keeps the rows with those words; its label. */
    readonly filter?: string;
    /** The name of the file that the rows can be saved as. */
    readonly csvName?: string;
    /** What is said of rows, in the singular: `trade`. */
    readonly noun?: string;
    /** Controls above the table, beside its own. */
    readonly controls?: ReactNode;
    /** For rows that come as they are asked for. */
    readonly paging?: Paging;
    readonly testID?: string;
}

export interface Paging {
    readonly page: number;
    readonly turn: (page: number) => void;
    /** Rows in all, those included that are not here yet. */
    readonly total: number;
    /** Some of them are on their way. */
    readonly isReading: boolean;
    /** The reader has put them in an order, which only all of them have. */
    readonly needAll: () => void;
}

/** How a reader has put the table; what the way back to it finds again. */
interface View {
    readonly sort: Sort | null;
    readonly text: string;
    readonly page: number;
    /** Columns that the reader has chosen to see, or not to. */
    readonly chosen: Readonly<Record<string, boolean>>;
}

/** So many cards are seen at once, about: more are put in order. */
const maximumUnsorted = 5;

export function Table<Row>(props: Props<Row>): JSX.Element {
    const columns = useMemo(() => props.columns.map(withZone), [props.columns]);
    const { label, rows, pageSize = 25, filter, csvName, noun = "row", controls, initialSort, paging } = props;
    const total = paging?.total ?? rows.length;
    const [looks, look] = useKeptInStep<View>(`table ${label}`, () => ({
        sort: initialSort ?? null,
        text: "",
        page: 1,
        chosen: {},
    }));
    const isNarrow = useIsNarrow();
    const { sort, text, page, chosen } = looks;
    const isLeftOut = ({ key, isHidden = false, isMinor = false }: Column<Row>, hasNoRoom: boolean): boolean =>
        !(chosen[key] ?? !(isHidden || (isMinor && hasNoRoom)));
    const setSort = (next: Sort): void => look({ ...looks, sort: next });
    const turn = paging?.turn ?? ((next: number): void => look({ ...looks, page: next }));
    const isSorted = sort !== null;
    const isSortingAll = isSorted && paging?.isReading === true && total > rows.length;
    const needAll = paging?.needAll;
    useEffect(() => {
        if (isSorted) needAll?.();
    }, [isSorted, needAll]);
    const choose = (key: string, isShown: boolean): void => look({ ...looks, chosen: { ...chosen, [key]: isShown } });
    const shown = columns.filter((column) => !isLeftOut(column, isNarrow));
    const primary = shown.find((column) => column.isPrimary) ?? shown[0];
    const kept = useMemo(() => {
        const all = columns.filter((column) => !column.isControl).map((column) => column.value);
        return filtered(rows, all, text);
    }, [rows, columns, text]);
    const inOrder = useMemo(() => {
        const column = sort && columns.find(({ key }) => key === sort.key);
        return column ? sorted(kept, column.sortBy ?? column.value, sort.isDescending) : kept;
    }, [kept, sort, columns]);
    const view = paged(inOrder, paging?.page ?? page, pageSize, paging && text === "" ? total : inOrder.length);
    const isHiding = columns.some((column) => column.isHidden);
    const hasTools = filter !== undefined || csvName !== undefined || isHiding || controls !== undefined;
    const canChoose = isHiding || (hasTools && isNarrow && columns.some((column) => column.isMinor));
    const canSortCards = rows.length > maximumUnsorted;
    const save = (): void => {
        // A file has room for all, and names no reader's zone.
        const written = props.columns.filter((column) => !column.isControl && !isLeftOut(column, false));
        const lines = inOrder.map((row) => written.map(({ value, inFile = value }) => inFile(row)));
        saveFile(`${csvName}.csv`, "text/csv", tableToCSV(written.map(({ title }) => title), lines));
    };

    return (
        <div className="table" data-testid={props.testID}>
            {(hasTools || canSortCards) && (
                <div className={joined("table-tools", !hasTools && "table-tools-cards")}>
                    {filter !== undefined && (
                        <input
                            type="search"
                            aria-label={filter}
                            placeholder={filter}
                            value={text}
                            onChange={({ target }) => look({ ...looks, text: target.value, page: 1 })}
                        />
                    )}
                    {controls}
                    {canSortCards && <CardSort columns={shown} sort={sort} set={setSort} />}
                    {hasTools && (
                        <span className="table-count" role="status">
                            {text !== "" && `${whole(kept.length)} of `}
                            {counted(total, noun)}
                            {isSortingAll && " \u00B7 Sorting all of them\u2026"}
                        </span>
                    )}
                    {canChoose && <ColumnChoice columns={columns} shown={shown} choose={choose} />}
                    {csvName !== undefined && (
                        <Button kind="quiet" onClick={save}>
                            <DownloadIcon /> CSV
                        </Button>
                    )}
                </div>
            )}
            <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
                <table role="table" className="data" aria-label={label}>
                    <thead role="rowgroup">
                        <tr role="row">
                            {shown.map((column) => (
                                <Heading key={column.key} {...{ column, sort }} isPrimary={column === primary} set={setSort} />
                            ))}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        {view.rows.map((row) => (
                            <TableRow key={props.rowKey(row)} {...{ row, shown, primary }} {...rowParts(props)} />
                        ))}
                    </tbody>
                </table>
                {view.rows.length === 0 && text !== "" && <p className="table-note">Nothing matches “{text}”.</p>}
            </div>
            {view.pages > 1 && <Pager label={label} page={view.page} pages={view.pages} turn={turn} />}
        </div>
    );
}

const withZone = <Row,>(column: Column<Row>): Column<Row> =>
    column.isTime ? { ...column, title: `${column.title} (${zoneName()})` } : column;

type RowParts<Row> = Pick<Props<Row>, "rowHref" | "onRow" | "isChosen">;
const rowParts = <Row,>({ rowHref, onRow, isChosen }: Props<Row>): RowParts<Row> => ({
    ...(rowHref && { rowHref }),
    ...(onRow && { onRow }),
    ...(isChosen && { isChosen }),
});

const classOf = <Row,>({ kind, isControl, isFiller }: Column<Row>, isPrimary: boolean): string | undefined =>
    joined(kind === "number" && "number", isPrimary && "primary", isControl && "control", isFiller && "filler");

interface HeadingProps<Row> {
    readonly column: Column<Row>;
    readonly sort: Sort | null;
    readonly isPrimary: boolean;
    readonly set: (sort: Sort) => void;
}

function Heading<Row>({ column, sort, isPrimary, set }: HeadingProps<Row>): JSX.Element {
    const { key, title, kind = "text", explain, isControl = false } = column;
    const isSorted = sort?.key === key;
    const className = classOf(column, isPrimary);
    const about = explain !== undefined && <Explained label={title} text={explain} />;
    const isDescending = isSorted ? !sort.isDescending : beginsDescending(column);
    return (
        <th
            role="columnheader"
            scope="col"
            className={className}
            aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : undefined}
        >
            {isControl ? (
                <span className="visually-hidden">{title}</span>
            ) : (
                <span className="heading">
                    {/* Before the title of figures, which ends where they do. */}
                    {kind === "number" && about}
                    <button type="button" className="sort" onClick={() => set({ key, isDescending })}>
                        {title}
                        <span aria-hidden="true" className="sort-mark">
                            {isSorted ? (sort.isDescending ? "\u25BE" : "\u25B4") : ""}
                        </span>
                    </button>
                    {kind !== "number" && about}
                </span>
            )}
        </th>
    );
}

interface TableRowProps<Row> extends RowParts<Row> {
    readonly row: Row;
    readonly shown: readonly Column<Row>[];
    readonly primary: Column<Row> | undefined;
}

function TableRow<Row>({ row, shown, primary, rowHref, onRow, isChosen }: TableRowProps<Row>): JSX.Element {
    const href = rowHref?.(row) ?? null;
    const open = (event: MouseEvent): void => {
        // Controls in the row do what they do, and a marked text is to be copied.
        if ((event.target as Element).closest("a, button, input, select, label, summary, dialog")) return;
        if (!isPlainClick(event) || getSelection()?.isCollapsed === false) return;
        if (onRow) onRow(row);
        else if (href !== null) navigate(href);
    };
    const content = (column: Column<Row>): ReactNode => {
        if (column.cell) return column.cell(row);
        const value = column.value(row);
        return typeof value === "number" ? plainly(value) : value ?? noValue;
    };
    const isActive = href !== null || onRow !== undefined;
    return (
        <tr
            role="row"
            className={joined(isActive && "row-active", isChosen?.(row) === true && "row-chosen")}
            aria-current={isChosen?.(row) === true ? "true" : undefined}
            onClick={isActive ? open : undefined}
        >
            {shown.map((column) => {
                const className = classOf(column, column === primary);
                if (column !== primary) {
                    return (
                        <td key={column.key} role="cell" className={className} data-label={column.title}>
                            {column.explain !== undefined && (
                                <span className="cell-label">
                                    {column.title}
                                    <Explained label={column.title} text={column.explain} />
                                </span>
                            )}
                            {content(column)}
                        </td>
                    );
                }
                return (
                    <th key={column.key} role="rowheader" scope="row" className={className}>
                        {href !== null ? (
                            <Link href={href} className="row-name">
                                {content(column)}
                            </Link>
                        ) : onRow ? (
                            <button type="button" className="row-name" onClick={() => onRow(row)}>
                                {content(column)}
                            </button>
                        ) : (
                            content(column)
                        )}
                    </th>
                );
            })}
        </tr>
    );
}

/** Of more pages than these both ends are one step away. */
const maximumToStepThrough = 10;

interface PagerProps {
    readonly label: string;
    readonly page: number;
    readonly pages: number;
    readonly turn: (page: number) => void;
}

/** Steps through pages; the focus stays on the table's edge when a button that had it can be pressed no more. */
function Pager({ label, page, pages, turn }: PagerProps): JSX.Element {
    const status = useRef<HTMLSpanElement>(null);
    const isFirst = useRef(true);
    const hasEnds = pages > maximumToStepThrough;
    useEffect(() => {
        if (!isFirst.current && document.activeElement === document.body) status.current?.focus();
        isFirst.current = false;
    }, [page]);
    return (
        <nav className="pager" aria-label={`Pages: ${label}`}>
            {hasEnds && (
                <Button disabled={page === 1} onClick={() => turn(1)}>
                    First
                </Button>
            )}
            <Button disabled={page === 1} onClick={() => turn(page - 1)}>
                Previous
            </Button>
            <span ref={status} role="status" tabIndex={-1}>
                Page {whole(page)} of {whole(pages)}
            </span>
            <Button disabled={page === pages} onClick={() => turn(page + 1)}>
                Next
            </Button>
            {hasEnds && (
                <Button disabled={page === pages} onClick={() => turn(pages)}>
                    Last
                </Button>
            )}
        </nav>
    );
}
