/**
 * The form two names share if any file system may take one for the other. It merges at least what the
 * upper-case tables of NTFS, exFAT and FAT do, unit by unit; what APFS does, by full case folding of any
 * normal form; and HFS+, which also skips what nobody sees.
 */
export function foldName(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFD");
  // Some letters meet only in capitals ("ß" and "ss"), one of them only by way of its small form ("ẞ").
  return seen.toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
}
