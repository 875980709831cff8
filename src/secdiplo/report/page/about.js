// Units, scopes, filters, the map, the licence and the citation.

function buildAbout() {
  const box = byId('about');
  const versions = Object.entries({ secdiplo: about.toolkit, ...about.libraries });
  box.append(
    el('h2', { id: 'about-title' }, 'About this page'),
    el('h3', {}, 'Units'),
    el('dl', { class: 'words' }, Object.entries(about.units).map(([unit, meaning]) => (
      el('div', {}, el('dt', {}, spaced(unit)), el('dd', {}, meaning))))),
    el('h3', {}, 'Scopes'),
    el('dl', { class: 'words' }, Object.entries(payload.scopes).map(([name, scope]) => el('div', {},
      el('dt', {}, name), el('dd', {}, `${scope.title} ${scope.start || scope.end
        ? `(${scope.start || 'any day'} to ${scope.end || 'any day'})` : ''}`)))),
    el('h3', {}, 'How a filter works'),
    el('p', {}, 'Filters select rows of the coding sheet. An event or interaction counts once if one of '
      + 'its rows is selected. An event counts in a period if it may have begun in it: an event '
      + 'dated to a month or a year counts in every period that overlaps the month or year. Dates '
      + 'that you enter replace those of the scope. Confidence is the minimum confidence of an event.'),
    el('h3', {}, 'The map'),
    el('p', {}, `${about.convention}. Areas without a code are dashed and never counted. `
      + 'Countries too small to see have a circle.'),
    el('h3', {}, 'Licence and citation'),
    el('p', {}, `Data: ${about.licence}.`),
    el('div', { class: 'citation' }, about.citation.split('\n\n').map((paragraph) => (
      el('p', {}, paragraph.split('\n').flatMap((line, n) => (
        n ? [el('br'), ...linked(line)] : linked(line))))))),
    el('h3', {}, 'Made with'),
    el('p', {}, versions.map(([name, version]) => `${name} ${version}`).join(', '),
      '. Charts by Vega, table by DataTables. The page works offline and makes no network requests; '
      + 'only the links to sources need a connection.'),
  );
}
