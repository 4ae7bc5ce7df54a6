// Prints the lunar holidays of 2003 to 2050, a year a line: Seollal, Buddha's Birthday, Chuseok.
//   node lunar.mjs                                                          by ICU's Korean calendar (dangi)
//   npm i korean-lunar-calendar@0.4.0 && node lunar.mjs korean-lunar-calendar  by the tables of the Korea Astronomy and Space Science Institute
const days = [[1, 1], [4, 8], [8, 15]];
const text = (y, m, d) => `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;

function byICU(year) {
  const format = new Intl.DateTimeFormat("en-u-ca-dangi", { timeZone: "Asia/Seoul", month: "numeric", day: "numeric" });
  const found = {};
  for (let t = Date.UTC(year, 0, 1, 3); t < Date.UTC(year + 1, 0, 1); t += 86400e3) {
    const part = (type) => format.formatToParts(t).find((p) => p.type === type).value; // a leap month is no number
    found[`${part("month")}-${part("day")}`] ??= new Date(t).toISOString().slice(0, 10);
  }
  return days.map(([m, d]) => found[`${m}-${d}`]);
}

async function tables(name) {
  const { default: loaded } = await import(name);
  const Calendar = loaded.default ?? loaded;
  return (year) => days.map(([m, d]) => {
    const calendar = new Calendar();
    calendar.setLunarDate(year, m, d, false);
    const solar = calendar.getSolarCalendar();
    return text(solar.year, solar.month, solar.day);
  });
}

const by = process.argv[2] ? await tables(process.argv[2]) : byICU;
for (let year = 2003; year <= 2050; year++) console.log(by(year).join(" "));
