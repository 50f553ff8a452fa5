import { type Template, templates } from "../lib/definition/templates";
import { newStrategyPath } from "../lib/routes";
import { Link } from "./navigation";

/** Every template as a card that leads into the builder, with the symbol that is to be tested. */
export const Templates = ({ symbol }: { symbol?: string | null }): JSX.Element => (
    <ul className="templates">
        {templates.map(({ name, title, kind, idea }) => (
            <li key={name}>
                <Link href={newStrategyPath(name, symbol)} className="template">
                    <span className="template-kind">{kind}</span>
                    <b>{title}</b>
                    <span className="dim">{idea}</span>
                </Link>
            </li>
        ))}
    </ul>
);

/** Where a template comes from and when it fails, beside the builder that was opened with it. */
export const AboutTemplate = ({ template }: { template: Template }): JSX.Element => (
    <section className="card about-template" aria-label={`About ${template.title}`}>
        <p>
            <b>{template.title}.</b> {template.idea}
        </p>
        <p>
            <b>When it fails.</b> {template.fails.join(" ")}
        </p>
        <p className="dim">Source: {template.source}</p>
    </section>
);
