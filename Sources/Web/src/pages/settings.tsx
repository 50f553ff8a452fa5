import type { Profile } from "api-types";
import "../shared";
import { loadAccount } from "../api/session";
import { type RoomProps, type Section, sectionNames, sections, settingsPath } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { FailureNotice, Skeleton } from "../ui/notices";
import { useAccount } from "../ui/use-account";
import { Activity } from "./settings/activity";
import { Keys } from "./settings/api-keys";
import { Data } from "./settings/data";
import { Passkeys } from "./settings/passkeys";
import { ProfileSection } from "./settings/profile";
import { Sessions } from "./settings/sessions";
import { Users } from "./settings/users";

const parts: Readonly<Record<Section, (props: { profile: Profile }) => JSX.Element>> = {
    profile: ProfileSection,
    passkeys: Passkeys,
    sessions: Sessions,
    "api-keys": Keys,
    activity: Activity,
    data: Data,
    users: Users,
};

/** What a user sees and decides of their own. */
export default function Settings({ params }: RoomProps): JSX.Element {
    const section = sections.find((name) => name === params["section"]) ?? "profile";
    const account = useAccount();
    const isReady = account.state === "signed-in" && account.profile.session?.kind === "full";
    const Part = parts[section];
    return (
        <div className="page page-settings">
            <PageHeading key={section} title={`${sectionNames[section]} · Settings · BitStockerz`}>
                Settings <small>{sectionNames[section]}</small>
            </PageHeading>
            {account.state === "failed" && (
                <FailureNotice what="Your account did not load." error={account.error} retry={loadAccount} />
            )}
            {isReady && (
                <div className="settings-frame">
                    <Sections profile={account.profile} current={section} />
                    <div className="settings-part">
                        <Part profile={account.profile} />
                    </div>
                </div>
            )}
            {!isReady && account.state !== "failed" && (
                <Skeleton label="Loading your account" lines={6} className="card" />
            )}
        </div>
    );
}

const Sections = ({ profile, current }: { profile: Profile; current: Section }): JSX.Element => (
    <nav className="settings-nav" aria-label="Settings">
        {sections
            .filter((section) => section !== "users" || profile.role === "admin")
            .map((section) => (
                <Link
                    key={section}
                    href={settingsPath(section)}
                    aria-current={section === current ? "page" : undefined}
                >
                    {sectionNames[section]}
                </Link>
            ))}
    </nav>
);
