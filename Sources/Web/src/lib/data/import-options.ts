/*
 * What somebody says about a file of prices, and its form in the address: a link shows what its sender saw, and the back
 * button takes one answer back. What is not said is understood from the file.
 */
import {
    type Adjustment,
    adjustmentWords,
    type AssetType,
    assetTypeWords,
    type DateOrder,
    dateOrderWords,
    type DecimalMark,
    decimalMarkWords,
    type FileFormat,
    fileFormatWords,
    type ImportOption,
    type Timeframe,
    timeframeWords,
} from "api-types";
import { adjustmentInWords } from "../format";
import { assetTypeNames, timeframeNames } from "../kinds";

/** An empty text: not said. */
export interface ImportOptions {
    readonly symbol: string;
    readonly name: string;
    readonly provider: string;
    readonly adjustment: Adjustment | "";
    readonly price_basis_date: string;
    readonly currency: string;
    readonly exchange: string;
    readonly asset_type: AssetType | "";
    readonly timeframe: Timeframe | "";
    readonly format: FileFormat | "";
    readonly date_order: DateOrder | "";
    readonly decimal_mark: DecimalMark | "";
    readonly zone: string;
    readonly ticker: string;
    readonly replace: boolean;
    readonly skip_invalid: boolean;
}

export type OptionName = keyof ImportOptions;

export interface OptionField {
    readonly name: Exclude<OptionName, "replace" | "skip_invalid">;
    readonly label: string;
    readonly explain: string;
    /** What can be chosen; any text where there are none. */
    readonly choices?: readonly { readonly value: string; readonly label: string }[];
    readonly placeholder?: string;
    /** What holds while nothing is said. */
    readonly unsaid?: string;
    /** Whether it has a meaning beside what else is said; always where this is missing. */
    readonly isFor?: (options: ImportOptions) => boolean;
}

const dateOrders: Readonly<Record<DateOrder, string>> = {
    "day-first": "Day first: 01/05/2015 is 1 May",
    "month-first": "Month first: 01/05/2015 is 5 January",
};
const marks: Readonly<Record<DecimalMark, string>> = { point: "Point: 1,234.5", comma: "Comma: 1.234,5" };

const chosen = <Word extends string>(words: readonly Word[], say: (word: Word) => string): NonNullable<OptionField["choices"]> =>
    words.map((value) => ({ value, label: say(value) }));

/** Where the bars go. */
export const targetFields: readonly OptionField[] = [
    {
        name: "symbol",
        label: "Symbol",
        explain: "Where the bars go: a ticker as AAPL or ^GSPC, a pair as BTC-USD. One that is not here yet is added.",
        placeholder: "AAPL",
    },
    {
        name: "provider",
        label: "Source",
        explain: "Where the prices come from, as charts will name it. A series keeps its source.",
        placeholder: "file",
    },
    {
        name: "adjustment",
        label: "Prices are",
        explain: "What was done to past prices. A series keeps that, too: mixed ones would jump where they meet.",
        choices: chosen(
            adjustmentWords.filter((word) => word !== "raw"),
            adjustmentInWords,
        ),
        unsaid: adjustmentInWords("raw"),
    },
    {
        name: "price_basis_date",
        label: "Adjusted as of",
        explain: "Of adjusted prices: the day they are of, such as that of the download.",
        placeholder: "2026-01-31",
        isFor: ({ adjustment, price_basis_date }) => adjustment !== "" || price_basis_date !== "",
    },
    { name: "name", label: "Name", explain: "Of a new symbol, or a new name for one that is here.", placeholder: "Apple Inc." },
];

/** How the file is read, where it does not say so itself. */
export const readingFields: readonly OptionField[] = [
    {
        name: "asset_type",
        label: "Kind",
        explain: "Whether these are prices of a stock or of a coin.",
        choices: chosen(assetTypeWords, (word) => assetTypeNames[word]),
    },
    {
        name: "timeframe",
        label: "Bars",
        explain: "Shorter bars are joined to hours or days.",
        choices: chosen(timeframeWords, (word) => timeframeNames[word]),
    },
    {
        name: "date_order",
        label: "Dates",
        explain: "What 01/05/2015 means, where no day of the file tells.",
        choices: chosen(dateOrderWords, (word) => dateOrders[word]),
    },
    {
        name: "decimal_mark",
        label: "Decimals",
        explain: "What stands before a fraction.",
        choices: chosen(decimalMarkWords, (word) => marks[word]),
    },
    {
        name: "zone",
        label: "Time zone",
        explain: "For times without a zone: UTC, an offset as +02:00, or a place as America/New_York.",
        placeholder: "UTC",
    },
    { name: "ticker", label: "Symbol in the file", explain: "Which one to take of a file with several.", placeholder: "AAPL" },
    {
        name: "format",
        label: "Format",
        explain: "Whose file it is. Usually recognised.",
        choices: chosen(fileFormatWords, (word) => word),
    },
    { name: "currency", label: "Currency", explain: "Of the prices.", placeholder: "USD" },
    {
        name: "exchange",
        label: "Exchange",
        explain: "Where the symbol is listed. Elsewhere than in the United States no short gaps are told.",
        placeholder: "NASDAQ",
    },
];

const fields = [...targetFields, ...readingFields];

/** The options of an address. What cannot be said is left out. */
export const parseOptions = (query: string): ImportOptions => {
    const said = new URLSearchParams(query);
    return optionsOf((name) => said.get(name));
};

/** Those that something says, a word each. */
export function optionsOf(said: (name: OptionName) => string | null): ImportOptions {
    const texts = fields.map(({ name, choices }) => {
        const text = said(name)?.trim() ?? "";
        return [name, choices && !choices.some(({ value }) => value === text) ? "" : text];
    });
    return {
        ...(Object.fromEntries(texts) as Omit<ImportOptions, "replace" | "skip_invalid">),
        replace: said("replace") === "true",
        skip_invalid: said("skip_invalid") === "true",
    };
}

/** What is stored where these bars go hangs on these: a yes to putting it out of the way is of one series only. */
const namesOfPlace = ["symbol", "provider", "adjustment", "price_basis_date", "timeframe", "asset_type", "ticker"] as const;

/** With another answer, without a yes that was about something else. */
export function answered(options: ImportOptions, part: Partial<ImportOptions>): ImportOptions {
    const isElsewhere = namesOfPlace.some((name) => part[name] !== undefined && part[name] !== options[name]);
    const isRaw = part.adjustment === "";
    return { ...options, ...(isElsewhere && { replace: false }), ...(isRaw && { price_basis_date: "" }), ...part };
}

/** As the API takes them. */
export function asked(options: ImportOptions): Partial<SaidOptions> {
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== "" && value !== false));
}

type SaidOptions = { readonly [Name in OptionName]: Exclude<ImportOptions[Name], ""> };

export function formatOptions(options: ImportOptions): string {
    const query = new URLSearchParams(Object.entries(asked(options)).map(([name, value]) => [name, String(value)]));
    const text = query.toString();
    return text && `?${text}`;
}

/** The field that answers what is asked; undefined for what is answered by a yes. */
export const optionField = (asks: ImportOption): OptionField | undefined => fields.find(({ name }) => name === asks);

/** Whether an answer stands among those to how the file is read. */
export const isAboutReading = (asks: ImportOption | null): boolean => readingFields.some(({ name }) => name === asks);
