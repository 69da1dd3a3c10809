import type { CmsContent, CmsModule } from "./cms-content.ts";
import { demoCounting } from "./demo-counting.ts";
import { demoFluids } from "./demo-fluids.ts";
import { demoHosts, demoPaths, resolveUid } from "./demo-names.ts";
import { demoTides } from "./demo-tides.ts";
import { gifFile } from "./files/gif-file.ts";
import { pdfFile } from "./files/pdf-file.ts";
import { makeFile, makeFolder, makePage } from "./make-object.ts";
import { siteAssets } from "./site-assets.ts";

const department: CmsModule = {
  path: demoPaths.department,
  kind: "department",
  title: "Earth and Sky",
  state: "scheduled_for_staging",
  history: [],
  shortId: "earth-and-sky",
  departmentCode: "ES",
  zipRequired: false,
  dependents: [],
  objects: [
    makeFolder(demoPaths.department, "Earth and Sky"),
    makePage(
      `${demoPaths.department}/index.htm`,
      "Earth and Sky",
      `<ul><li><a href="${demoPaths.tides}">Reading the Tides</a></li>
<li><a href="${demoPaths.fluids}/index.htm">Fluids at Rest</a></li></ul>`,
    ),
  ],
};

const sheetPath = `${demoPaths.resource}/sheets/five-millimetres.pdf`;

const resource: CmsModule = {
  path: demoPaths.resource,
  kind: "resource",
  title: "A Short Guide to Graph Paper",
  state: "scheduled_for_staging",
  history: [],
  shortId: "res-001",
  departmentCode: "RES",
  zipRequired: false,
  dependents: [],
  objects: [
    makeFolder(demoPaths.resource, "A Short Guide to Graph Paper"),
    makePage(
      `${demoPaths.resource}/index.htm`,
      "Resource Home",
      `<p>Small squares for small doubts. Print
<a href="${resolveUid(`${demoPaths.resource}/sheets`)}">a sheet</a>.</p>`,
    ),
    makePage(
      `${demoPaths.resource}/sheets`,
      "Sheets",
      `<p><a href="${resolveUid(sheetPath)}">Five millimetres</a></p>`,
    ),
    makeFile(sheetPath, "application/pdf", () => pdfFile(["Five millimetres"], 3_000)),
  ],
};

/**
 * A small OCW of our own making: three courses in two departments, one department page, one resource
 * and the site's assets, with every form of link and of name that the legacy content is known to hold.
 */
export const demoContent = (): CmsContent => ({
  modules: [demoTides, demoFluids, demoCounting, department, resource],
  assets: [
    ...siteAssets(),
    makeFile("/images/shop.gif", "image/gif", () => gifFile("shop")),
    makeFile("/images/play.gif", "image/gif", () => gifFile("play")),
  ],
  hosts: demoHosts,
});
