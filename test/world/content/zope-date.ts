const pattern = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))? (\S+)$/;

/** Offsets by zone name; US/Eastern is taken as summer time from April to October. */
const offsetOf = (zone: string, month: number): string | undefined => {
  if (zone === "Universal" || zone === "GMT" || zone === "UTC") return "Z";
  if (zone === "US/Eastern") return month >= 4 && month <= 10 ? "-04:00" : "-05:00";
  const [, sign, hours] = /^GMT([+-])(\d{1,2})$/.exec(zone) ?? [];
  return hours === undefined ? undefined : `${sign}${hours.padStart(2, "0")}:00`;
};

/** Reads a date as Zope 2 prints it, such as `2019/09/25 17:47:34.670 GMT-4`; throws on any other text. */
export const parseZopeDate = (text: string): Date => {
  const [, year, month, day, time, fraction = "0", zone = ""] = pattern.exec(text) ?? [];
  const offset = offsetOf(zone, Number(month));
  const date = new Date(`${year}-${month}-${day}T${time}.${fraction.slice(0, 3).padEnd(3, "0")}${offset}`);
  if (offset === undefined || Number.isNaN(date.getTime())) throw new Error(`"${text}" is not a Zope date`);
  return date;
};
