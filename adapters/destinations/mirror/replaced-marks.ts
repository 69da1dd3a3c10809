import type { Sftp } from "../../shared/ssh/sftp.ts";

/**
 * When generations stopped being current, kept at the host and by its clock alone: as the time of the empty
 * file `generations/<n>.replaced`.
 */
export interface ReplacedMarks {
  /** Says that a generation stops being current now, whatever was said before. */
  renew(generation: number): Promise<void>;
  /** Seconds since 1970. One that nobody told of, as after a flip by hand, counts from now on. */
  find(generation: number): Promise<number>;
  remove(generation: number): Promise<void>;
}

/** The marks in a mirror's folder of generations. */
export function createReplacedMarks(sftp: Sftp, folder: string): ReplacedMarks {
  const markOf = (generation: number) => `${folder}/${generation}.replaced`;
  const remove = (generation: number) => sftp.unlink(markOf(generation));
  const find = async (generation: number): Promise<number> => {
    const known = await sftp.lstat(markOf(generation));
    if (known !== undefined) return known.mtimeSeconds;
    await sftp.closeHandle(await sftp.open(markOf(generation), "wx", 0o644));
    return await find(generation);
  };
  return {
    find,
    remove,
    async renew(generation) {
      await remove(generation);
      await find(generation);
    },
  };
}
