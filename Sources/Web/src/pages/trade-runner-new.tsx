import "../shared";
import { tradePath } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { WithStrategies } from "../ui/with-strategies";
import { StartForm } from "./runners/start-form";

/** The form that starts a strategy on paper, filled in from the address. */
export default function NewRunner(): JSX.Element {
    return (
        <div className="page page-form">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">Start a strategy</span>
            </nav>
            <div>
                <PageHeading title="Start a strategy on paper · BitStockerz">Start a strategy on paper</PageHeading>
                <p className="sub">One version trades forward by itself, bar by bar, with simulated money.</p>
            </div>
            <WithStrategies
                last={null}
                none={{ title: "There is no strategy to start yet.", advice: ", and test it on the past first." }}
            >
                {(strategies, address) => <StartForm {...{ strategies, address }} />}
            </WithStrategies>
        </div>
    );
}
