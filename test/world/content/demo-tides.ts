import type { CmsModule } from "./cms-content.ts";
import { demoHosts, demoPaths, resolveUid } from "./demo-names.ts";
import { jpegFile } from "./files/jpeg-file.ts";
import { pdfFile } from "./files/pdf-file.ts";
import { pngFile } from "./files/png-file.ts";
import { srtFile } from "./files/srt-file.ts";
import { zipFile } from "./files/zip-file.ts";
import { makeFile, makeFolder, makePage } from "./make-object.ts";

const root = demoPaths.tides;
const zipPath = `${root}/es-101-spring-2019.zip`;

const spoken = [
  "Welcome. Today we stand on the harbour wall.",
  "Look at the green line on the stones.",
  "That is where the water was six hours ago.",
  "Nobody moved it but the moon, and the sun a little.",
];

const syllabusPdf = (): Uint8Array => pdfFile(["Reading the Tides", "Twelve weeks, one harbour."], 6_000);
const notesPdf = (week: number): Uint8Array =>
  pdfFile([`Week ${week}`, `What we saw at the wall in week ${week}.`], 9_000 + week * 700);

const pages = [
  makePage(
    `${root}/index.htm`,
    "Course Home",
    `<p><img src="${resolveUid(`${root}/harbour.jpg`)}" alt="A harbour at low water." /></p>
<p>A course for anyone who has missed a boat. It needs a notebook and patience.</p>
<p>Start with the <a href="${resolveUid(`${root}/syllabus`)}">syllabus</a>, then read
<a href="${root}/lecture-notes">the lecture notes</a>.</p>`,
  ),
  makePage(
    `${root}/syllabus`,
    "Syllabus",
    `<h2 id="Grading">Grading</h2><p>Half for the notebook, half for being there at dawn.</p>
<p>Printed: <a href="${resolveUid(`${root}/syllabus/syllabus.pdf`)}">syllabus (PDF)</a>. Afterwards, take
<a href="http://${demoHosts.public}${demoPaths.fluids}/">Fluids at Rest</a>.</p>
<p>Almanacs are at
<a href="https://almanac.example.org/tides?port=7&amp;year=2019">the almanac office</a>.</p>`,
  ),
  makePage(
    `${root}/lecture-notes`,
    "Lecture Notes",
    `<ul>
<li><a href="${resolveUid(`${root}/lecture-notes/week-1.pdf`)}">Week 1</a></li>
<li><a href="${resolveUid(`${root}/lecture-notes/week-2.pdf`, "")}">Week 2</a></li>
<li><a href="{{cms}}${root}/lecture-notes/week-3.pdf">Week 3</a></li>
</ul>
<p>Buy the tables: <img src="https://${demoHosts.cms[0]}/images/shop.gif" alt="" /></p>`,
  ),
  makePage(
    `${root}/video-lectures`,
    "Video Lectures",
    '<p><a href="lecture-1-the-moon-pulls">Lecture 1: The moon pulls</a></p>',
  ),
  makePage(
    `${root}/video-lectures/lecture-1-the-moon-pulls`,
    "Lecture 1: The Moon Pulls",
    `<p><img src='../../../../../images/play.gif' alt="Play"> Read first:
<a href="${resolveUid(`${root}/syllabus`, "")}#Grading">how we grade</a>, and
<a href="${resolveUid(`${root}/lecture-notes`, "../")}">the notes</a>.</p>
<div id="transcript">${spoken.map((line) => `<p>${line}</p>`).join("\n")}</div>`,
  ),
  makePage(
    `${root}/labs`,
    "Labs",
    `<p><img src="gauge.png" alt="A tide gauge."></p>
<p style="background: url('/images/paper.png')">Read the gauge every hour for a day.</p>`,
  ),
  makePage(
    `${root}/download-course-materials`,
    "Download Course Materials",
    `<p>Everything but the videos, in one package:
<a href="${resolveUid(zipPath)}">es-101-spring-2019.zip</a>.</p>`,
  ),
];

const packageBytes = (): Uint8Array =>
  zipFile([
    { name: "es-101/README.txt", bytes: Buffer.from("Open contents/index.htm in a browser.\n") },
    { name: "es-101/contents/syllabus/syllabus.pdf", bytes: syllabusPdf() },
    ...[1, 2, 3].map((week) => ({
      name: `es-101/contents/lecture-notes/week-${week}.pdf`,
      bytes: notesPdf(week),
    })),
  ]);

const files = [
  makeFile(`${root}/harbour.jpg`, "image/jpeg", () => jpegFile("harbour", 320, 240, 14_000)),
  makeFile(`${root}/syllabus/syllabus.pdf`, "application/pdf", syllabusPdf),
  ...[1, 2, 3].map((week) =>
    makeFile(`${root}/lecture-notes/week-${week}.pdf`, "application/pdf", () => notesPdf(week)),
  ),
  makeFile(`${root}/labs/gauge.png`, "image/png", () => pngFile("gauge", 240, 160)),
  makeFile(
    `${root}/video-lectures/lecture-1-the-moon-pulls/moon-pulls.srt`,
    "application/x-subrip",
    () => srtFile(spoken),
    true,
  ),
  makeFile(zipPath, "application/zip", packageBytes),
];

/** The first course: most forms of link, a package, captions that nothing links to. */
export const demoTides: CmsModule = {
  path: root,
  kind: "course",
  title: "Reading the Tides",
  state: "scheduled_for_staging",
  history: [],
  shortId: "es-101-spring-2019",
  departmentCode: "ES",
  zipRequired: true,
  dependents: [demoPaths.department],
  objects: [makeFolder(root, "Reading the Tides"), ...pages, ...files],
};
