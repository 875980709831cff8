// Counting, by the rules of the packaged queries: filters select rows; events and interactions then
// count once, however many of their rows are selected.

const SCOPE = 1;
const BIT = {
  date: 2, agency: 4, official_rank: 8, format: 16, region: 32, country: 64, official: 128, forum: 256,
  confidence: 512, mode: 1024, topic: 2048, home: 4096,
};
const IMPRECISE = 'imprecise date';

const levels = new Map((payload.codes.confidence || []).map(([code], place) => [code, place]));

// Which values of a column pass a test, as a list that the rows are looked up in.
const passing = (name, test) => Uint8Array.from(values[name], (value) => (test(value) ? 1 : 0));

const inWindow = (first, last) => {
  const ends = passing('latest_start', (value) => first === null || (value !== null && value >= first));
  const begins = passing('date_min', (value) => last === null || (value !== null && value <= last));
  return (row) => ends[cells.latest_start[row]] && begins[cells.date_min[row]];
};

function windowOf(state) {
  const scope = payload.scopes[state.scope];
  return [day(state.start, false) || scope.start, day(state.end, true) || scope.end];
}

// For each row, the tests that it fails; `window` has the rows within the scope's own dates.
function select(state) {
  const scope = payload.scopes[state.scope];
  const failed = new Uint16Array(total);
  const allowed = new Set(scope.pairs.map(([agency, rank]) => `${agency ?? ''}/${rank ?? ''}`));
  const pair = (agency, rank) => allowed.has('/') || allowed.has(`${agency}/`)
    || allowed.has(`/${rank}`) || allowed.has(`${agency}/${rank}`);
  const scoped = values.agency.map((agency) => values.official_rank.map((rank) => pair(agency, rank)));
  const within = inWindow(...windowOf(state));
  const own = inWindow(scope.start, scope.end);
  const tests = [];
  for (const name of ['agency', 'official_rank', 'format', 'mode', 'region', 'home']) {
    if (!state[name].length) continue;
    const column = columnOf[name];
    tests.push([BIT[name], cells[column], passing(column, (value) => state[name].includes(value))]);
  }
  for (const name of ['country', 'official', 'forum']) {
    if (!state[name]) continue;
    const column = columnOf[name];
    tests.push([BIT[name], cells[column], passing(column, (value) => value === state[name])]);
  }
  if (state.topic.length) {
    tests.push([BIT.topic, cells.topics,
      passing('topics', (value) => topicsOf(value).some((topic) => state.topic.includes(topic)))]);
  }
  if (state.confidence) {
    const least = levels.get(state.confidence);
    tests.push([BIT.confidence, cells.confidence,
      passing('confidence', (value) => levels.has(value) && levels.get(value) <= least)]);
  }
  const window = new Uint8Array(total);
  const kept = [];
  for (let row = 0; row < total; row += 1) {
    let bits = scoped[cells.agency[row]][cells.official_rank[row]] ? 0 : SCOPE;
    if (!within(row)) bits |= BIT.date;
    window[row] = own(row) ? 1 : 0;
    for (const [bit, column, ok] of tests) if (!ok[column[row]]) bits |= bit;
    if (state.country && !isCountry[row]) bits |= BIT.country;
    failed[row] = bits;
    if (!bits) kept.push(row);
  }
  return { failed, window, kept };
}

// The headline counts; names and meanings are the columns of the query `dataset_totals`.
function totals(selection, state) {
  const [first, last] = windowOf(state);
  const seen = {};
  const names = ['events', 'interactions', 'agency_interactions', 'bilateral_meetings', 'countries',
    'bilateral_countries', 'organizations', 'bilateral_organization_meetings', 'named', 'straddling'];
  for (const name of names) seen[name] = new Set();
  const agencies = values.agency.length;
  for (const row of selection.kept) {
    const event = cells.event_id[row];
    const met = unitOf.interaction[row];
    const who = cells.counterpart[row];
    seen.events.add(event);
    if (met >= 0) {
      seen.interactions.add(met);
      seen.agency_interactions.add(met * agencies + cells.agency[row]);
      seen.named.add(event);
      if (isCountry[row]) seen.countries.add(who);
      if (isOrganization[row]) seen.organizations.add(who);
      if (oneOnOne[row]) {
        seen.bilateral_meetings.add(event);
        seen.bilateral_countries.add(who);
      } else if (isOrganization[row] && cell('format', row) !== 'multilateral') {
        seen.bilateral_organization_meetings.add(event);
      }
    }
    if ((first && cell('date_min', row) < first) || (last && cell('latest_start', row) > last)) {
      seen.straddling.add(event);
    }
  }
  const found = Object.fromEntries(names.map((name) => [name, seen[name].size]));
  const { named, straddling, ...counts } = found;
  return {
    ...counts,
    participations: selection.kept.length,
    unnamed_counterpart_events: found.events - named,
    straddling_events: straddling,
  };
}

// Distinct units in each group. The filter of `dimension` itself is ignored, so that the selected
// groups can be compared with the others.
function tally(selection, dimension, groups, count) {
  const unit = unitOf[count];
  const ignore = ~(BIT[dimension] || 0);
  const size = total + 1;
  const seen = new Set();
  const found = new Map();
  for (let row = 0; row < total; row += 1) {
    const group = groups[row];
    if (group < 0 || unit[row] < 0 || selection.failed[row] & ignore) continue;
    const key = group * size + unit[row];
    if (seen.has(key)) continue;
    seen.add(key);
    found.set(group, (found.get(group) || 0) + 1);
  }
  return found;
}

// Counts of a dimension by the value itself.
function grouped(selection, dimension, count) {
  const found = new Map();
  for (const [place, n] of tally(selection, dimension, groupOf[dimension], count)) {
    found.set(values[columnOf[dimension]][place], n);
  }
  return found;
}

function periodOf(text, by) {
  const [year, month] = [text.slice(0, 4), Number(text.slice(5, 7))];
  if (by === 'year') return year;
  if (by === 'half') return `${year}-H${month <= 6 ? 1 : 2}`;
  if (by === 'quarter') return `${year}-Q${Math.ceil(month / 3)}`;
  return text.slice(0, 7);
}

// The first and last month of a period.
function monthsOf(period) {
  const [year, part] = [period.slice(0, 4), period.slice(5)];
  if (!part) return [`${year}-01`, `${year}-12`];
  const pad = (month) => `${year}-${String(month).padStart(2, '0')}`;
  if (part[0] === 'H') return part === 'H1' ? [pad(1), pad(6)] : [pad(7), pad(12)];
  if (part[0] === 'Q') return [pad(part[1] * 3 - 2), pad(part[1] * 3)];
  return [period, period];
}

const periodCache = new Map();
function periods(by) {
  if (!periodCache.has(by)) {
    const names = [];
    const places = new Map();
    const place = (name) => {
      if (!places.has(name)) places.set(name, names.push(name) - 1);
      return places.get(name);
    };
    const group = Int32Array.from({ length: total }, (_, row) => {
      const [first, last] = [cell('date_min', row), cell('latest_start', row)];
      if (!first || !last) return place(IMPRECISE);
      const name = periodOf(first, by);
      return place(periodOf(last, by) === name ? name : IMPRECISE);
    });
    periodCache.set(by, { names, group });
  }
  return periodCache.get(by);
}

// Counts by period and agency. A date filter does not empty the other periods of the scope.
function timeline(selection, by, count) {
  const { names, group } = periods(by);
  const unit = unitOf[count];
  const agencies = values.agency.length;
  const seen = new Set();
  const found = new Map();
  for (let row = 0; row < total; row += 1) {
    const bits = selection.failed[row];
    if (unit[row] < 0 || bits & ~BIT.date || (bits && !selection.window[row])) continue;
    const pair = group[row] * agencies + cells.agency[row];
    const key = pair * (total + 1) + unit[row];
    if (seen.has(key)) continue;
    seen.add(key);
    found.set(pair, (found.get(pair) || 0) + 1);
  }
  return [...found].map(([pair, n]) => ({
    period: names[Math.floor(pair / agencies)], agency: values.agency[pair % agencies], n,
  }));
}

// Every period from the first to the last one, also those without events.
function calendar(found, by) {
  const names = [...new Set(found.map((item) => item.period))].filter((p) => p !== IMPRECISE).sort();
  if (!names.length) return [];
  const all = [];
  let [year, month] = monthsOf(names[0])[0].split('-').map(Number);
  for (let n = 0; n < 2400; n += 1) {
    const name = periodOf(`${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`, by);
    if (name > names.at(-1)) break;
    if (all.at(-1) !== name) all.push(name);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
  }
  return all;
}
