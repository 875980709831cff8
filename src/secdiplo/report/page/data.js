// The rows of the dataset, column by column, and the labels of their codes.

const payload = JSON.parse(byId('payload').textContent);
const about = payload.about;

const columns = payload.rows.columns;
const values = {};
const cells = {};
for (const name of Object.keys(payload.rows.data)) {
  values[name] = payload.rows.data[name].values;
  cells[name] = Int32Array.from(payload.rows.data[name].cells);
}
const total = cells.event_id.length;
const cell = (name, row) => values[name][cells[name][row]];

const labels = {};
for (const [list, codes] of Object.entries(payload.codes)) {
  labels[list] = new Map(codes.map(([code, label]) => [code, label]));
}
const formatLabel = (code) => ({
  bilateral: 'Bilateral', sideline: 'Sideline', multilateral: 'Multilateral',
}[code] || code);
const spaced = (code) => String(code ?? '').replaceAll('_', ' ');

const label = {
  agency: (code) => labels.agency?.get(code) || code,
  official_rank: (code) => labels.official_rank?.get(code) || code,
  format: formatLabel,
  region: (name) => name,
  country: (code) => payload.countries[code]?.name || code,
  official: (name) => name,
  forum: (name) => name,
  mode: (code) => capital(spaced(labels.mode?.get(code) || code)),
  topic: (code) => labels.topic?.get(code) || spaced(code),
  home: (code) => payload.countries[code]?.name || code,
  confidence: (code) => ({ high: 'High only', medium: 'Medium or high' }[code] || code),
};
const counterpartName = (row) => cell('name', row) || cell('counterpart', row);

// The numbers of a column: its cells, with those that are blank as -1.
function numbered(name) {
  const blank = values[name].indexOf(null);
  return blank < 0 ? cells[name] : cells[name].map((place) => (place === blank ? -1 : place));
}

const isCountry = new Uint8Array(total);
const isOrganization = new Uint8Array(total);
const oneOnOne = new Uint8Array(total);
for (let row = 0; row < total; row += 1) {
  isCountry[row] = cell('counterpart_type', row) === 'country' ? 1 : 0;
  isOrganization[row] = cell('counterpart_type', row) === 'organization' ? 1 : 0;
  oneOnOne[row] = isCountry[row] && cell('format', row) !== 'multilateral' ? 1 : 0;
}

// The place of the unit that a row belongs to; -1 if it belongs to none.
const unitOf = {
  interaction: numbered('interaction_id'),
  event: numbered('event_id'),
  bilateral_meeting: numbered('event_id').map((event, row) => (oneOnOne[row] ? event : -1)),
};
const units = {
  interaction: ['interaction', 'interactions'],
  bilateral_meeting: ['bilateral meeting', 'bilateral meetings'],
  event: ['event', 'events'],
};

// The group of a row in each dimension; -1 if it is in none.
const groupOf = {
  agency: numbered('agency'),
  official_rank: numbered('official_rank'),
  format: numbered('format'),
  region: numbered('region'),
  country: numbered('counterpart').map((place, row) => (isCountry[row] ? place : -1)),
  official: numbered('official'),
  forum: numbered('forum'),
  mode: numbered('mode'),
  home: numbered('home'),
};
const topicsOf = (text) => (text ? text.split('; ') : []);
const columnOf = {
  agency: 'agency', official_rank: 'official_rank', format: 'format', region: 'region',
  country: 'counterpart', official: 'official', forum: 'forum', mode: 'mode', home: 'home',
};

// The rows of each event, in the order of the sheet.
const rowsOf = values.event_id.map(() => []);
for (let row = 0; row < total; row += 1) rowsOf[cells.event_id[row]].push(row);

const present = (dimension) => {
  const group = groupOf[dimension];
  return new Set(Array.from(group, (place) => values[columnOf[dimension]][place] ?? null));
};
const inOrder = (list, dimension) => {
  const found = present(dimension);
  return (payload.codes[list] || []).map(([code]) => code).filter((code) => found.has(code));
};
const sorted = (dimension) => [...present(dimension)].filter((value) => value !== null)
  .sort((a, b) => label[dimension](a).localeCompare(label[dimension](b), 'en'));

// The values that a filter offers, in the order of its list.
const choices = {
  agency: inOrder('agency', 'agency'),
  official_rank: inOrder('official_rank', 'official_rank'),
  format: (payload.codes.format || []).map(([code]) => code),
  region: payload.regions.filter((name) => name !== 'Not in the scheme'
    || present('region').has(name)),
  country: sorted('country'),
  official: sorted('official'),
  forum: sorted('forum'),
  confidence: ['high', 'medium'],
  mode: inOrder('mode', 'mode'),
  topic: (payload.codes.topic || []).map(([code]) => code)
    .filter((code) => values.topics.some((text) => topicsOf(text).includes(code))),
  home: sorted('home'),
};
