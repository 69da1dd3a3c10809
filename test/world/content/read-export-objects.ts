import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ExportObject, exportObjectSchema } from "./export-object.ts";

const coursesMax = 5_000;
const objectsPerCourseMax = 20_000;
const fileBytesMax = 16 * 1024 * 1024;

const reason = (error: unknown): string => {
  if (error instanceof z.ZodError) {
    return error.issues.map((issue) => `${issue.path.join(".") || "object"}: ${issue.message}`).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
};

const readObject = async (file: string): Promise<ExportObject> => {
  try {
    const { size } = await stat(file);
    if (size > fileBytesMax) throw new Error(`has ${size} bytes, more than ${fileBytesMax}`);
    return exportObjectSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new Error(`cannot read ${file} as an object of a plone export: ${reason(error)}`, { cause: error });
  }
};

const byNumber = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

/** Names the folder's children that match, in the order of the numbers in their names. */
const namesIn = async (folder: string, wanted: RegExp, max: number): Promise<string[]> => {
  const names = (await readdir(folder)).filter((name) => wanted.test(name)).sort(byNumber);
  if (names.length === 0) throw new Error(`${folder} is no plone export: nothing in it matches ${wanted}`);
  if (names.length > max) throw new Error(`${folder} holds ${names.length} entries, more than ${max}`);
  return names;
};

const checkCourse = (folder: string, objects: readonly ExportObject[]): void => {
  const courses = objects.filter((object) => object._type === "Course");
  const root = courses[0]?._path;
  if (courses.length !== 1) throw new Error(`${folder} holds ${courses.length} Course objects, not one`);
  const paths = new Set(objects.map((object) => object._path));
  for (const { _path } of objects) {
    const parent = _path.slice(0, _path.lastIndexOf("/"));
    if (_path !== root && !paths.has(parent))
      throw new Error(`${folder}: ${_path} has no parent in the export`);
  }
};

/**
 * Reads every `course-*∕jsons∕*.json` of an export, one list of objects per course. Strict: throws an
 * Error that names the file when anything is missing, unknown, too big, doubled or not under its course.
 */
export const readExportObjects = async (folder: string): Promise<ExportObject[][]> => {
  const seen = new Map<string, string>();
  const courses: ExportObject[][] = [];
  for (const course of await namesIn(folder, /^course-[\w-]+$/, coursesMax)) {
    const jsons = join(folder, course, "jsons");
    const objects: ExportObject[] = [];
    for (const name of await namesIn(jsons, /\.json$/, objectsPerCourseMax)) {
      const file = join(jsons, name);
      const object = await readObject(file);
      for (const key of [`UID ${object._uid}`, `path ${object._path}`]) {
        const first = seen.get(key);
        if (first !== undefined) throw new Error(`${file} repeats the ${key} of ${first}`);
        seen.set(key, file);
      }
      objects.push(object);
    }
    checkCourse(jsons, objects);
    courses.push(objects);
  }
  return courses;
};
