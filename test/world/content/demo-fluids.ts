import type { CmsModule } from "./cms-content.ts";
import { demoPaths, resolveUid } from "./demo-names.ts";
import { pdfFile } from "./files/pdf-file.ts";
import { pngFile } from "./files/png-file.ts";
import { makeFile, makeFolder, makePage } from "./make-object.ts";

const root = demoPaths.fluids;

const pages = [
  makePage(
    `${root}/index.htm`,
    "Course Home",
    `<p>Water that does not move still pushes. This course is about the push.</p>
<p>Coming from <a href="${demoPaths.tides}/syllabus">Reading the Tides</a>? Skip week one.</p>
<p><a href="syllabus">Syllabus</a></p>`,
  ),
  makePage(`${root}/syllabus`, "Syllabus", "<p>Ten weeks. Bring a ruler &amp; a jar.</p>"),
  makePage(
    `${root}/worked-examples`,
    "Worked Examples",
    `<p><a href="${resolveUid(`${root}/worked-examples/31.6-worked-example`)}">Example 31.6</a></p>`,
  ),
  makePage(
    `${root}/worked-examples/31.6-worked-example`,
    "31.6 A Dam Door",
    `<p>A door two metres high holds back water on one side only. Where is the hinge best?</p>
<p><img src="door.png" alt="The door." /> See also <a href="../../syllabus#week-6">week six</a>.</p>`,
  ),
  makePage(
    `${root}/assignments`,
    "Assignments",
    `<ol><li><a href="${resolveUid(`${root}/assignments/q3.pdf`)}">Question 3</a></li>
<li><a href="${resolveUid(`${root}/assignments/q3.PDF`)}">Question 3, large print</a></li></ol>`,
  ),
  makePage(
    `${root}/field trip`,
    "Field Trip",
    `<p><a href="field%20notes.pdf">Field notes</a>, a map: <img src="./site map.png" alt="Map"></p>
<p><a href="${root}/assignments#top">Back to the questions</a></p>`,
  ),
];

const files = [
  makeFile(`${root}/worked-examples/31.6-worked-example/door.png`, "image/png", () =>
    pngFile("door", 120, 200),
  ),
  makeFile(`${root}/assignments/q3.pdf`, "application/pdf", () => pdfFile(["Question 3"], 4_000)),
  makeFile(`${root}/assignments/q3.PDF`, "application/pdf", () =>
    pdfFile(["QUESTION 3", "LARGE PRINT"], 5_000),
  ),
  makeFile(`${root}/field trip/field notes.pdf`, "application/pdf", () => pdfFile(["Field notes"], 7_000)),
  makeFile(`${root}/field trip/site map.png`, "image/png", () => pngFile("site map", 200, 200)),
];

/** The second course: names that trouble a file system (dots, spaces, case). */
export const demoFluids: CmsModule = {
  path: root,
  kind: "course",
  title: "Fluids at Rest",
  state: "scheduled_for_staging",
  history: [],
  shortId: "es-220-fall-2020",
  departmentCode: "ES",
  zipRequired: false,
  dependents: [demoPaths.department],
  objects: [makeFolder(root, "Fluids at Rest"), ...pages, ...files],
};
