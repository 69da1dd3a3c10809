const notesMax = 20_000;

/**
 * Notes on the paths or URLs that the pages of one folder speak of. Pages are rendered folder by folder, so
 * only those on the folder asked about last are kept, as long as they are few.
 */
export function notesByFolder<Note>(): (folder: string) => Map<string, Note> {
  let notes = new Map<string, Note>();
  let current = "";
  return (folder) => {
    if (folder !== current || notes.size > notesMax) {
      // Whoever still writes down something about the folder before has a map of its own.
      notes = new Map();
      current = folder;
    }
    return notes;
  };
}
