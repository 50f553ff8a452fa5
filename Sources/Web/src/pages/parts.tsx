import "../shared";
import { useState } from "react";
import { ApiError } from "../api/http";
import { counted, noValue, signedPercent } from "../lib/format";
import { Combobox } from "../ui/combobox";
import { Field } from "../ui/fields";
import { DateField, MoneyField, NumberField, PercentField, SelectField, TextArea, TextField } from "../ui/form";
import { PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import {
    Button,
    Card,
    Checkbox,
    Dialog,
    Explained,
    IconButton,
    Menu,
    Notice,
    Popover,
    Progress,
    Question,
    Segmented,
    Stat,
    Stats,
    Tabs,
    toast,
} from "../ui/parts";
import { CopyIcon, TrashIcon } from "../ui/icons";
import { type Column, Table } from "../ui/table/table";

/** Every shared part in every state, for whoever works on the page. No link leads here. */
export default function Parts(): JSX.Element {
    return (
        <div className="page">
            <PageHeading title="Parts · BitStockerz">Parts</PageHeading>
            <Buttons />
            <Fields />
            <Choosing />
            <Choices />
            <Figures />
            <Waiting />
            <List />
            <Overlays />
        </div>
    );
}

const Buttons = (): JSX.Element => (
    <Card title="Button, IconButton">
        <div className="card-actions">
            <Button kind="primary">Primary</Button>
            <Button>Plain</Button>
            <Button kind="danger">Danger</Button>
            <Button kind="quiet">Quiet</Button>
            <Button disabled>Disabled</Button>
            <Button kind="primary" isBusy>
                Busy
            </Button>
            <IconButton label="Copy">
                <CopyIcon />
            </IconButton>
            <IconButton label="Delete" disabled>
                <TrashIcon />
            </IconButton>
        </div>
    </Card>
);

function Fields(): JSX.Element {
    const [text, setText] = useState("Golden cross");
    const [figure, setFigure] = useState("10000.00");
    const [day, setDay] = useState("2023-09-21");
    const [choice, setChoice] = useState<"a" | "b">("a");
    return (
        <Card title="Fields">
            <div className="parts-fields">
                <TextField label="Text" value={text} change={setText} hint="What it is for." />
                <TextField label="Text with a fault" value={text} change={setText} fault="This name is taken." />
                <NumberField label="Number" value="14" change={setFigure} explain="How many bars it looks back." />
                <MoneyField label="Money" value={figure} change={setFigure} />
                <PercentField label="Percent" value="2.5" change={setFigure} fault="From 0.01 to 50." />
                <DateField label="Date" value={day} change={setDay} />
                <SelectField
                    label="Select"
                    value={choice}
                    change={setChoice}
                    options={[
                        { value: "a", label: "At the next open" },
                        { value: "b", label: "At the close" },
                    ]}
                />
                <TextField label="Disabled" value="Nothing to change" change={setText} disabled />
                <TextArea label="Longer text" value="Buys strength, sells weakness." change={setText} />
            </div>
        </Card>
    );
}

const symbols = ["AAPL", "AMZN", "META", "NVDA"].map((id) => ({ id, content: id }));

/** Closed, with a fault, and with its list open. */
function Choosing(): JSX.Element {
    const [text, setText] = useState("A");
    const [isOpen, setOpen] = useState(true);
    const found = symbols.filter(({ id }) => id.startsWith(text.toUpperCase()));
    const still = { text: "AAPL", change: () => undefined, isOpen: false, setOpen: () => undefined };
    const live = { text, change: setText, isOpen, setOpen };
    const field = (label: string, held: typeof still | typeof live, fault: string | null = null): JSX.Element => (
        <Field label={label} fault={fault}>
            {(ties) => (
                <div className="search symbol-field">
                    <Combobox
                        {...held}
                        inputID={ties.id}
                        isInvalid={ties["aria-invalid"]}
                        describedBy={ties["aria-describedby"]}
                        label={label}
                        placeholder="A symbol"
                        choices={found}
                        choose={({ id }) => setText(id)}
                        isAnswered
                        state={found.length === 0 ? "No symbol begins so." : counted(found.length, "symbol")}
                    />
                </div>
            )}
        </Field>
    );
    return (
        <Card title="Combobox">
            <div className="parts-fields parts-combobox">
                {field("Closed", still)}
                {field("With a fault", still, "No such symbol is stored.")}
                {field("Open", live)}
            </div>
        </Card>
    );
}

function Choices(): JSX.Element {
    const [view, setView] = useState<"one" | "two">("one");
    const [isOn, setOn] = useState(true);
    const options = [
        { value: "one", label: "One" },
        { value: "two", label: "Two" },
    ] as const;
    return (
        <Card title="Segmented, Checkbox, Tabs" className="parts-column">
            <div className="card-actions">
                <Segmented label="View" options={options} value={view} change={setView} />
                <Checkbox label="Show volume" isChecked={isOn} change={setOn} explain="Bars of traded shares." />
                <Checkbox label="Not now" isChecked={false} isDisabled change={setOn} />
            </div>
            <Tabs label="Views" options={options} value={view} change={setView}>
                <p>What the tab “{view}” shows.</p>
            </Tabs>
        </Card>
    );
}

const Figures = (): JSX.Element => (
    <Card title="Stat, Explained, Progress, Notice" className="parts-column">
        <Stats>
            <Stat label="Total return" value="+54.20%" tone="up" detail="Holding +212.40%" explain="End over start." />
            <Stat label="Max drawdown" value="−18.30%" tone="down" detail="Holding −35.10%" />
            <Stat label="Sharpe ratio" value="0.84" />
            <Stat label="Trades" value="47" detail="21 of them won" />
        </Stats>
        <p>
            A term <Explained label="A term" text="What it means, in a sentence or two." />
        </p>
        <Progress label="Half way" value={0.5} />
        <Progress label="Nobody knows" value={null} />
        <Notice>Something that the reader should know.</Notice>
        <Notice tone="warning" title="Prices end on 21 Sep 2023.">
            They are three years old.
        </Notice>
        <Notice tone="good">All results match.</Notice>
        <Notice tone="bad" title="It failed.">
            The bars were corrected since.
        </Notice>
    </Card>
);

const failure = new ApiError("refused", "The database is not there.", 503, "SERVICE_UNAVAILABLE", "request-7");

const Waiting = (): JSX.Element => (
    <Card title="Loading, failed, empty" className="parts-column">
        <Skeleton label="Loading an example" lines={2} />
        <FailureNotice what="The list could not be loaded." error={failure} retry={() => undefined} />
        <EmptyNotice title="No strategies yet.">Begin with a template.</EmptyNotice>
    </Card>
);

interface Line {
    readonly name: string;
    readonly trades: number;
    readonly result: number | null;
}
const lines: readonly Line[] = Array.from({ length: 12 }, (_, index) => ({
    name: ["Golden cross", "RSI dip", "Donchian breakout"][index % 3]! + ` v${index + 1}`,
    trades: (index * 37) % 50,
    result: index === 4 ? null : ((index * 7919) % 400) / 1000 - 0.2,
}));
const columns: readonly Column<Line>[] = [
    { key: "name", title: "Name", value: (line) => line.name },
    { key: "trades", title: "Trades", kind: "number", value: (line) => line.trades },
    {
        key: "result",
        title: "Result",
        kind: "number",
        value: (line) => line.result,
        cell: (line) => (line.result === null ? noValue : signedPercent(line.result)),
        explain: "End over start.",
    },
    { key: "more", title: "More", value: (line) => line.name.length, isHidden: true },
];

const List = (): JSX.Element => (
    <Card title="Table" isFlush>
        <Table
            label="Example rows"
            rows={lines}
            columns={columns}
            rowKey={(line) => line.name}
            onRow={(line) => toast(line.name)}
            isChosen={(line) => line.trades === 37}
            pageSize={5}
            filter="Filter rows"
            csvName="example"
        />
    </Card>
);

function Overlays(): JSX.Element {
    const [isOpen, setOpen] = useState(false);
    const [isAsking, setAsking] = useState(false);
    return (
        <Card title="Popover, Menu, Dialog, Question, Toast">
            <div className="card-actions">
                <Popover label="Open a panel">
                    <p>It closes when the reader turns to something else.</p>
                </Popover>
                <Menu label="Open a menu">
                    <Button kind="quiet" onClick={() => toast("Copied.")}>
                        Copy
                    </Button>
                    <Button kind="quiet" className="menu-danger" onClick={() => setAsking(true)}>
                        Delete…
                    </Button>
                </Menu>
                <Button onClick={() => setOpen(true)}>Open a dialog</Button>
                <Button onClick={() => setAsking(true)}>Ask a question</Button>
                <Button onClick={() => toast("Saved.")}>Show a toast</Button>
            </div>
            <Dialog title="A dialog" isOpen={isOpen} close={() => setOpen(false)}>
                <p>It keeps the focus until it is closed.</p>
            </Dialog>
            <Question
                title="Delete this run?"
                isOpen={isAsking}
                yes="Delete"
                agree={() => setAsking(false)}
                decline={() => setAsking(false)}
            >
                <p>Its result cannot be brought back. It stays counted as tried.</p>
            </Question>
        </Card>
    );
}
