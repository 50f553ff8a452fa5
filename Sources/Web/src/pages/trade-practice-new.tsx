import "../shared";
import { useState } from "react";
import { tradePath } from "../lib/routes";
import { Link, PageHeading, useQuery } from "../ui/navigation";
import { PracticeStart } from "./practice/practice-start";

/** The form that opens practice on past days, filled in from the address. */
export default function NewPractice(): JSX.Element {
    const query = useQuery();
    const [address] = useState(() => Object.fromEntries(new URLSearchParams(query)));
    return (
        <div className="page page-form">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">Practise</span>
            </nav>
            <div>
                <PageHeading title="Practise on past days · BitStockerz">Practise on past days</PageHeading>
                <p className="sub">Trade bar by bar, as if the day were today. What came after is not shown.</p>
            </div>
            <PracticeStart address={address} />
        </div>
    );
}
