import type { CmsModule } from "./cms-content.ts";
import { demoPaths, resolveUid } from "./demo-names.ts";
import { pdfFile } from "./files/pdf-file.ts";
import { makeFile, makeFolder, makePage } from "./make-object.ts";

const root = demoPaths.counting;
const namesPath = `${root}/assignments/names-latin1.txt`;

const names = "Count these guests once each:\nZoë, André, Jürgen, Søren, Íñigo, and Zoë's aunt.\n";

const pages = [
  makePage(
    `${root}/index.htm`,
    "Course Home",
    `<p>One, two, three, and then it gets harder: without missing any, and none of them twice.</p>
<p>Paper: <a href="${demoPaths.resource}">a short guide to graph paper</a>.</p>`,
  ),
  makePage(
    `${root}/syllabus`,
    "Syllabus",
    `<p>Eight weeks — bring beans.
<a href="${resolveUid(`${root}/assignments`)}">Assignments</a> are weekly.</p>`,
  ),
  makePage(
    `${root}/assignments`,
    "Assignments",
    `<p><a href="${resolveUid(`${root}/assignments/beans.pdf`)}">Beans in a jar</a>;
<a href="${resolveUid(namesPath)}">a list of guests</a>;
<a href="${demoPaths.tides}/lecture-notes/week-1.pdf">waves, counted</a>.</p>`,
  ),
];

const files = [
  makeFile(`${root}/assignments/beans.pdf`, "application/pdf", () => pdfFile(["Beans in a jar"], 3_500)),
  makeFile(namesPath, "text/plain;charset=iso-8859-1", () => Buffer.from(names, "latin1")),
];

/** The third course, in a department that has no page of its own; it holds a text that is not UTF-8. */
export const demoCounting: CmsModule = {
  path: root,
  kind: "course",
  title: "Counting Carefully",
  state: "scheduled_for_staging",
  history: [],
  shortId: "ns-050-fall-2018",
  departmentCode: "NS",
  zipRequired: false,
  dependents: [],
  objects: [makeFolder(root, "Counting Carefully"), ...pages, ...files],
};
