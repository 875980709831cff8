// The world map, by Vega: ready-made paths, filled by class of count.

const CLASSES = 5;

// Classes of counts, each with its minimum and maximum, as in the toolkit's maps: a few different
// counts are one class each; otherwise each class has about as many countries.
function classesOf(counts) {
  const ordered = [...counts].sort((a, b) => a - b);
  const known = [...new Set(ordered)];
  if (known.length <= CLASSES) return known.map((count) => [count, count]);
  const greatest = known.at(-1);
  const edges = new Set();
  for (let n = 1; n < CLASSES; n += 1) {
    edges.add(ordered[Math.round((n * (ordered.length - 1)) / CLASSES)]);
  }
  const ends = [...[...edges].filter((edge) => edge < greatest).sort((a, b) => a - b), greatest];
  return ends.map((end, n) => [n ? ends[n - 1] + 1 : known[0], end]);
}

// Fewer classes are spread over the whole range of tones, so that neighbours differ.
const toneOf = (place, classes) => `var(--m${classes === 1 ? 3
  : 1 + Math.round((place * (CLASSES - 1)) / (classes - 1))})`;

const atHome = (code) => code === about.home || about.not_foreign.includes(code);

function mapSpec() {
  const { width, height, areas } = payload.map;
  const seen = {
    fill: { field: 'fill' }, stroke: { field: 'stroke' }, tooltip: { field: 'tip' },
    cursor: { signal: "datum.n > 0 ? 'pointer' : 'default'" },
    strokeWidth: { signal: '(datum.on ? 2.5 : 0.6) * zoom' }, zindex: { signal: 'datum.on ? 1 : 0' },
  };
  const joined = (name, rows) => ({
    name, values: rows,
    transform: [{
      type: 'lookup', from: 'counts', key: 'id', fields: ['id'],
      values: ['n', 'fill', 'stroke', 'tip', 'on'],
    }],
  });
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width, height, padding: 0, autosize: 'none',
    signals: [{ name: 'zoom', value: 1 }],
    data: [
      { name: 'counts', values: [] },
      { name: 'areas', values: areas.map((path) => ({ path })) },
      joined('shapes', payload.map.shapes.map(([id, path]) => ({ id, path }))),
      joined('circles', payload.map.circles.map(([id, x, y]) => ({ id, x, y }))),
    ],
    marks: [
      {
        type: 'path', from: { data: 'areas' }, interactive: false, aria: false,
        encode: { enter: {
          path: { field: 'path' }, fill: { value: 'var(--land)' }, stroke: { value: 'var(--coast)' },
          strokeWidth: { value: 0.6 }, strokeDash: { value: [2, 2] },
        } },
      },
      {
        type: 'path', from: { data: 'shapes' }, aria: false,
        encode: { enter: { path: { field: 'path' } }, update: seen },
      },
      {
        type: 'symbol', from: { data: 'circles' }, aria: false,
        encode: {
          enter: { shape: { value: 'circle' }, x: { field: 'x' }, y: { field: 'y' } },
          update: { ...seen, size: { signal: '(datum.n > 0 ? 60 : 9) * zoom * zoom' } },
        },
      },
    ],
    config: { ...config, background: 'transparent' },
  };
}

class WorldMap {
  constructor() {
    this.parts = figure('by-country', 'wide');
    this.legend = el('ul', { class: 'legend', 'aria-label': 'Shades' });
    this.parts.plot.after(this.legend);
  }

  async start() {
    this.view = await drawn(this.parts.plot, mapSpec());
    this.view.addEventListener('click', (_, item) => {
      if (item?.datum?.n > 0) this.choose(item.datum.id);
    });
    // The drawing is scaled by the style sheet; lines and circles keep their size on the screen.
    const fit = () => {
      const width = this.parts.plot.clientWidth;
      if (width) this.view.signal('zoom', Math.min(2.2, payload.map.width / width)).runAsync();
    };
    window.addEventListener('resize', fit);
    fit();
  }

  choose(country) {
    steadily(this.parts.plot, toggled(current(), 'country', country));
  }

  update(selection, state) {
    const found = grouped(selection, 'country', state.count);
    const [one, several] = count2(state);
    const counted = [...found].sort((a, b) => b[1] - a[1]
      || label.country(a[0]).localeCompare(label.country(b[0]), 'en'));
    const classes = classesOf(counted.map(([, n]) => n));
    const data = this.data(found, classes, state, one, several);
    const title = `${capital(several)} by country`;
    const notes = [
      state.count === 'event' ? 'An event with several countries counts once for each.' : '',
      state.country ? `All countries are shown for comparison; ${label.country(state.country)} is outlined.`
        : '',
    ];
    const most = counted.slice(0, 3).map(([code, n]) => `${label.country(code)} ${n}`).join(', ');
    describe(this.parts, title, notes.filter(Boolean).join(' '), counted.length
      ? `${many(counted.length, 'country', 'countries')}; most: ${most}` : 'No rows match');
    this.keys(counted, classes);
    filterTable(this.parts, title, ['Country', several], () => counted.map(([code, n]) => ({
      name: label.country(code), key: code, numbers: [n], on: state.country === code,
      act: () => this.choose(code),
    })));
    this.view.data('counts', data);
    return this.view.runAsync();
  }

  data(found, classes, state, one, several) {
    const ids = [...payload.map.shapes, ...payload.map.circles].map(([id]) => id);
    return [...new Set(ids)].map((id) => {
      const n = found.get(id) || 0;
      const place = classes.findIndex(([, last]) => n <= last);
      const home = atHome(id);
      const on = state.country === id ? 1 : 0;
      return {
        id, n, on,
        fill: n ? toneOf(place, classes.length) : home ? 'var(--home)' : 'var(--land)',
        stroke: on ? 'var(--ink)' : 'var(--coast)',
        tip: home && !n ? `${label.country(id)}: ${id === about.home ? 'the home country' : 'not foreign to the home country'}` : `${label.country(id)}: ${
          n ? many(n, one, several) : `no ${one}`}`,
      };
    });
  }

  keys(counted, classes) {
    const item = (fill, text) => el('li', {},
      el('span', { class: 'swatch', style: `background:${fill}` }), text);
    this.legend.replaceChildren(
      ...(counted.length ? classes : []).map(([first, last], place) => {
        const countries = counted.filter(([, n]) => n >= first && n <= last).length;
        const range = first === last ? `${first}` : `${first}\u2013${last}`;
        return item(toneOf(place, classes.length),
          `${range} (${many(countries, 'country', 'countries')})`);
      }),
      item('var(--land)', 'none, or an area without a code (dashed)'),
      about.home ? item('var(--home)', `home country (${[about.home, ...about.not_foreign].join(', ')})`) : '',
    );
  }
}
