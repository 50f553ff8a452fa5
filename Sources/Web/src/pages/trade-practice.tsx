/* Practice on past days: one account of its own, whose clock the trader moves on. */
import "../shared";
import { useState } from "react";
import { ApiError } from "../api/http";
import { newPracticePath, type RoomProps, tradePath } from "../lib/routes";
import { Link, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { PracticeView } from "./practice/practice-view";
import { useReplay } from "./practice/use-replay";

export default function PracticeRoom({ params }: RoomProps): JSX.Element {
    const query = useQuery();
    const [wanted] = useState(() => new URLSearchParams(query).get("symbol"));
    const held = useReplay(params["id"]!, wanted);
    const { found, reload } = held;
    const isGone = found.state === "failed" && found.error instanceof ApiError && found.error.isNotFound;
    return (
        <div className="page page-workspace trade practice">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">Practice</span>
            </nav>
            {found.state === "ready" ? (
                <PracticeView held={held} practised={found.value} />
            ) : (
                <>
                    <PageHeading title="Practice · BitStockerz">Practice</PageHeading>
                    {found.state === "loading" && <Skeleton label="Loading the practice" lines={8} className="card" />}
                    {isGone && (
                        <EmptyNotice title="There is no such practice.">
                            <Link href={newPracticePath()}>Begin another</Link>
                        </EmptyNotice>
                    )}
                    {found.state === "failed" && !isGone && (
                        <FailureNotice what="The practice did not load." error={found.error} retry={reload} />
                    )}
                </>
            )}
        </div>
    );
}
