import { moduleOf } from "../model/module.ts";
import { urlPathOf } from "../model/site-path.ts";
import type { LeftOut, LibraryFacts, LibraryModule } from "./library-facts.ts";
import * as html from "./library-page.ts";

/** Modules under one heading. */
interface Group {
  readonly title: string;
  readonly anchor: string;
  /** The title as it heads the group, in HTML. */
  readonly heading: string;
  readonly modules: readonly LibraryModule[];
}

const { index, about } = html.libraryPagePaths;
const collator = new Intl.Collator("en", { numeric: true });

/** The page a copy opens with: what is in it, by department, and what is not. No clock, no script needed. */
export function frontDoor(facts: LibraryFacts): string {
  const groups = groupsOf(facts.modules);
  const total = (of: "bytes" | "fileCount") => facts.modules.reduce((sum, each) => sum + each[of], 0);
  const courses = facts.modules.filter(({ kind }) => kind === "course").length;
  const contents = groups.map(
    ({ title, anchor, modules }) =>
      `<li><a href="#${anchor}">${html.escapeHtml(title)}</a> <span>${modules.length || ""}</span></li>`,
  );
  const leftOut = leftOutSection(facts);
  if (leftOut !== "") contents.push('<li><a href="#left-out">What is left out</a></li>');
  return html.libraryPage(facts, index, {
    title: facts.siteName,
    intro: `<p>A copy to read without a network: ${html.countText(courses, "course")},
${html.countText(total("fileCount"), "file")}, ${html.sizeText(total("bytes"))}.
${html.linkTo(index, about, "How to verify and update it")}.</p>
${html.searchForm(index)}`,
    main: `<nav aria-label="Contents" class="contents">
<ul>
${contents.join("\n")}
</ul>
</nav>
${groups.map(groupSection).join("\n")}
${leftOut}`,
  });
}

function groupsOf(modules: readonly LibraryModule[]): readonly Group[] {
  const heads = new Map(
    modules.filter(({ kind }) => kind === "department").map((each) => [each.id, each] as const),
  );
  const members = Map.groupBy(
    modules.filter(({ id }) => !heads.has(id)),
    ({ id, kind }): string => moduleOf(id, heads) ?? kind,
  );
  const departments = [...heads].map(([id, head]) => ({
    title: head.title,
    anchor: html.escapeHtml(urlPathOf(id)),
    heading: titleOf(head),
    modules: sorted(members.get(id)),
  }));
  const titles = {
    course: heads.size > 0 ? "Other courses" : "Courses",
    resource: "Resources",
    "high-school": "High school",
    global: "About the site",
  };
  const rest = Object.entries(titles).map(([kind, title]) => ({
    title,
    anchor: `all-${kind}`,
    heading: title,
    modules: sorted(members.get(kind)),
  }));
  return [
    ...departments.sort((one, other) => collator.compare(one.title, other.title)),
    ...rest.filter((group) => group.modules.length > 0),
  ];
}

/** By number, then by title; those without a number last. */
function sorted(modules: readonly LibraryModule[] = []): readonly LibraryModule[] {
  const key = ({ number = "\uffff", title }: LibraryModule): string => `${number} ${title}`;
  return modules.toSorted((one, other) => collator.compare(key(one), key(other)));
}

function titleOf({ home, title }: LibraryModule): string {
  return home === undefined ? html.escapeHtml(title) : html.linkTo(index, home, title);
}

function groupSection({ anchor, heading, modules }: Group): string {
  const hasNumbers = modules.some(({ number }) => number !== undefined);
  const rows = modules.map(
    (each) =>
      `<tr>${hasNumbers ? `<td>${html.escapeHtml(each.number ?? "")}` : ""}<td>${titleOf(each)}` +
      `<td>${html.sizeText(each.bytes)}<td>${html.dayText(each.asOf)}`,
  );
  const numbers = hasNumbers ? '<th scope="col">Number' : "";
  const table = `<table${hasNumbers ? ' class="has-numbers"' : ""}>
<thead><tr>${numbers}<th scope="col">Title<th scope="col">Size<th scope="col">As of</thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
  return `<section aria-labelledby="${anchor}">
<h2 id="${anchor}">${heading}</h2>
${rows.length > 0 ? table : ""}
</section>`;
}

/** What the live site has more than the copy; empty if that is nothing. */
function leftOutSection({ leftOut, selection: { without }, publicUrl }: LibraryFacts): string {
  if (leftOut.length + without.length === 0) return "";
  const kinds = new Intl.ListFormat("en").format(without);
  const lists = [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, some]) => {
    const lines = some
      .toSorted((one, other) => collator.compare(one.title, other.title))
      .map(({ title, liveUrl }: LeftOut) => `<li>${html.liveLink(liveUrl, title)}`);
    return `<p>Left out because ${html.escapeHtml(reason)}:</p>
<ul>
${lines.join("\n")}
</ul>`;
  });
  return `<section aria-labelledby="left-out">
<h2 id="left-out">What is left out</h2>
${without.length > 0 ? `<p>This copy is without ${kinds}. Pages say where they would be.</p>` : ""}
${lists.join("\n")}
<p>Links marked <a data-online href="${html.escapeHtml(publicUrl)}">like this</a> need a network.</p>
</section>`;
}
